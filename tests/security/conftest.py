"""Fixtures: an issuer of tokens on this machine, and the whole product as a service that believes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from storage.clock import SystemClock
from storage.record import Record
from tests.clients.teams import connector
from tests.security.issuer import issuing, key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from storage.clock import FrozenClock
    from tests.clients.teams import FakeConnector
    from tests.security.issuer import Issuer


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, which nobody trusts unless told to."""
    now, private = SystemClock().now(), key("https")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("https") / "localhost.pem"
    path.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def issuer(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    """Publishes keys and gives tokens; MSAL's HTTP client trusts its certificate."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with issuing(certificate) as running:
        yield running


@pytest.fixture
async def fake() -> AsyncIterator[FakeConnector]:
    async with connector() as listening:
        yield listening


@pytest.fixture
async def looking(database_url: str, person: object, clock: FrozenClock) -> AsyncIterator[Record]:
    """The record beside the desk that is using it; `person` comes first, for it starts that desk."""
    record = await Record.open(database_url, clock, timezone=ZoneInfo("UTC"), currency="USD", looking=True)
    yield record
    await record.close()
