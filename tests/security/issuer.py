"""Microsoft's side of authentication on this machine: keys and tokens for Teams, and our own token for replies.

It serves from threads of its own, so that what blocks the event loop (the SDK does) can be tested against it too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import threading
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.teams.clouds import Cloud
from storage.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ISSUER = "https://api.botframework.com"
APP_ID = "33333333-0000-4000-8000-000000000001"
TENANT = "22222222-0000-4000-8000-000000000001"
PERSON = "11111110-0000-4000-8000-000000000000"
METADATA, KEYS = "/v1/.well-known/openidconfiguration", "/v1/.well-known/keys"
_numbers = count(1)
TEN_MB = b'{"keys":"' + b"x" * 10_000_000 + b'"}'


@cache
def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The key of that name, the same for the whole test run."""
    return rsa.generate_private_key(65537, bits)


class Issuer:
    """What it publishes and how it behaves may be changed at any time.

    `ways` maps a path to a body, a status, or "hang" (until `release`) instead of the truth; "" stands for every path.
    """

    def __init__(self) -> None:
        self.url = self.login = ""
        self.ways: dict[str, bytes | int | str] = {}
        self.asked: list[str] = []  # paths, in order
        self.published: dict[str, list[str]] = {
            "teams": ["msteams"],
            "direct line": ["directline", "webchat"],
            "unendorsed": [],
        }
        self.strange_keys: list[Any] = []
        self.signed_in: dict[str, dict[str, str]] = {}  # what was asked for, by code
        self.id_claims: dict[str, Any] = {}  # how the next ID tokens differ from good ones; `...` leaves a claim out
        self.id_signer = "teams"
        self.reached = threading.Event()
        self._released = threading.Event()

    def cloud(self, *origins: str) -> Cloud:
        """A cloud whose Teams is on this machine; replies may go to `origins`."""
        scope = f"{ISSUER}/.default"
        return Cloud(ISSUER, self.url + METADATA, self.login, scope, origins)

    def token(
        self, service_url: str, *, kid: str | None = "teams", sign: str = "teams", alg: str = "RS256", **claims: Any
    ) -> str:
        """A good token for an activity from `service_url`, except for what is said; never the same twice.

        `...` leaves a claim out; a timedelta is counted from now.
        """
        lasting = {"nbf": timedelta(minutes=-1), "exp": timedelta(hours=1)}
        usual = {"iss": ISSUER, "aud": APP_ID, "serviceurl": service_url, "jti": str(next(_numbers)), **lasting}
        payload = {name: _instant(value) for name, value in (usual | claims).items() if value is not ...}
        header = {"kid": kid} if kid is not None else {}
        signer = None if alg == "none" else key(sign)
        return jwt.api_jws.encode(json.dumps(payload).encode(), signer, alg, header)

    def release(self) -> None:
        self._released.set()

    def signs_in(self, address: str) -> tuple[str, dict[str, str]]:
        """Where the browser posts what, once the person has signed in at `address` (OAuth 2.0, 4.1; form post)."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert asked["response_mode"] == "form_post"
        code = secrets.token_urlsafe(8)
        self.signed_in[code] = asked
        return asked["redirect_uri"], {"code": code, "state": asked["state"]}

    def answer(self, path: str, method: str, sent: bytes = b"") -> tuple[int, bytes]:
        """Status and body for a request; waits where it is told to hang."""
        self.asked.append(path)
        self.reached.set()
        match self.ways.get(path, self.ways.get("")):
            case "hang":
                self._released.wait(30)
            case int(status):
                return status, b"{}"
            case bytes(body):
                return 200, body
        return 200, json.dumps(self._truth(path, method, sent)).encode()

    def _truth(self, path: str, method: str, sent: bytes) -> dict[str, Any]:
        if path == METADATA:
            return {"issuer": ISSUER, "jwks_uri": self.url + KEYS}
        if path in (KEYS, f"/{TENANT}/discovery/v2.0/keys"):
            return {"keys": [*self.strange_keys, *(_published(*each) for each in self.published.items())]}
        granted = parse_qs(sent.decode())
        if "code" in granted:
            return self._redeemed(granted["code"][0], granted["code_verifier"][0])
        if method == "POST":
            return {"access_token": f"ours-{len(self.asked)}", "expires_in": 3600, "token_type": "Bearer"}
        oauth = f"{self.login}/{TENANT}/oauth2/v2.0"
        endpoints = {"authorization_endpoint": f"{oauth}/authorize", "token_endpoint": f"{oauth}/token"}
        return {"issuer": f"{self.login}/{TENANT}/v2.0", **endpoints}

    def _redeemed(self, code: str, verifier: str) -> dict[str, Any]:
        """An ID token for a code, once, and only to whoever asked for it (RFC 7636)."""
        asked = self.signed_in.pop(code, None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge:
            return {"error": "invalid_grant"}
        lasting = {name: timedelta(minutes=more) for name, more in (("iat", 0), ("nbf", 0), ("exp", 60))}
        who = {"oid": PERSON, "tid": TENANT, "sub": "pairwise", "nonce": asked["nonce"]}
        usual = {"iss": f"{self.login}/{TENANT}/v2.0", "aud": asked["client_id"], **lasting, **who}
        claims = {name: _instant(value) for name, value in (usual | self.id_claims).items() if value is not ...}
        token = jwt.encode(claims, key(self.id_signer), "RS256", {"kid": "teams"})
        return {"id_token": token, "access_token": "theirs", "expires_in": 3600, "token_type": "Bearer"}


def _published(name: str, endorsements: list[str]) -> dict[str, Any]:
    public = RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True)
    return {**public, "kid": name, "use": "sig", **({"endorsements": endorsements} if endorsements else {})}


def _instant(value: Any) -> Any:
    return int((SystemClock().now() + value).timestamp()) if isinstance(value, timedelta) else value


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Whoever hung up has its reasons."""


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _serve(self, method: str, sent: bytes = b"") -> None:
            status, body = issuer.answer(self.path, method, sent)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", issuer.url + METADATA)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests read what the product logs, not this."""

    return Handler


@contextmanager
def issuing(certificate: Path) -> Iterator[Issuer]:
    """An issuer that answers until the block ends: keys over http, tokens for us over https (MSAL insists)."""
    issuer = Issuer()
    with ExitStack() as stack:
        plain, safe = (_Server(("127.0.0.1", 0), _handler(issuer)) for _ in range(2))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        safe.socket = context.wrap_socket(safe.socket, server_side=True)
        for server in (plain, safe):
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        stack.callback(issuer.release)
        issuer.url = f"http://127.0.0.1:{plain.server_port}"
        issuer.login = f"https://localhost:{safe.server_port}"
        yield issuer
