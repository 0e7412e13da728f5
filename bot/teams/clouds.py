"""The Microsoft clouds that Teams runs in: who signs for Teams, where we sign in, and where replies may go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# An address that every reader takes apart the same way: no user, no escapes, no query.
_SERVICE: Final = re.compile(r"(https?://[a-z0-9.-]+(?::[0-9]{1,5})?)(?:/[A-Za-z0-9._~/-]*)?")
_ANY_BELOW: Final = "https://*."


@dataclass(frozen=True)
class Cloud:
    """One cloud's addresses. An origin is scheme, host and port; "https://*.x" stands for every host below x."""

    issuer: str  # `iss` of the tokens that Teams brings
    metadata: str  # the OpenID document that says where their keys are
    login: str  # where we get our own token; the tenant is its last step
    scope: str  # what our own token is for
    origins: tuple[str, ...]  # of service URLs

    def serves(self, service_url: str) -> bool:
        """Whether Teams takes replies at this address: what is sent there carries our token."""
        found = _SERVICE.fullmatch(service_url)
        return found is not None and any(_covers(allowed, found[1]) for allowed in self.origins)

    def authority(self, tenant: str) -> str:
        """Where a bot that is registered in `tenant` signs in."""
        return f"{self.login}/{tenant}"


def _covers(allowed: str, origin: str) -> bool:
    if allowed.startswith(_ANY_BELOW):
        return origin.startswith("https://") and origin.endswith(allowed.removeprefix("https://*"))
    return origin == allowed


# Sources: the SDK's AuthenticationConstants; "Deploy a bot to the China cloud" (learn and docs.azure.cn).
# No document names 21Vianet's service URLs: these are the hosts that have been seen.
CLOUDS: Final = {
    "worldwide": Cloud(
        issuer="https://api.botframework.com",
        metadata="https://login.botframework.com/v1/.well-known/openidconfiguration",
        login="https://login.microsoftonline.com",
        scope="https://api.botframework.com/.default",
        origins=("https://smba.trafficmanager.net",),
    ),
    "21vianet": Cloud(
        issuer="https://api.botframework.azure.cn",
        metadata="https://login.botframework.azure.cn/v1/.well-known/openidconfiguration",
        login="https://login.partner.microsoftonline.cn",
        scope="https://api.botframework.azure.cn/.default",
        origins=("https://frontend.botapi.msg.infra.teams.microsoftonline.cn", "https://*.botframework.azure.cn"),
    ),
}
