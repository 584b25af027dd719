"""A GitHub App of one's own: its private key becomes a token for one repository, which is given back at the end.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from secrets import randbelow
from typing import Final

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble, other_help, suppress_trouble
from agentowners.github.model import AppKey, Patience
from agentowners.github.reading import JsonNode
from github import Auth

WANTED: Final[Mapping[str, str]] = {
    "contents": "read",
    "pull_requests": "write",
    "checks": "write",
    "issues": "write",
    "members": "read",
}
"""Permissions asked for, as far as the App has them; the last two are for missing labels and for teams."""
_INDISPENSABLE: Final = ("contents", "pull_requests")
_GRANT: Final = "give it the permissions that the Action reference lists, and have an owner accept them for the installation"
_LEVELS: Final = ("read", "write", "admin")
_KEY: Final = "the input `private-key` cannot be used"
_KEY_HELP: Final = "it has to hold an RSA key in PEM form, as the App's settings give it out, with its first and last line"


class Installation:
    """An App's token for one repository; at most one at a time."""

    def __init__(
        self,
        key: AppKey,
        url: str,
        repository: str,
        patience: Patience,
        mask: Callable[[str], None],
        also: Sequence[str] = (),
    ) -> None:
        """Begin nothing yet; ``mask`` is given each secret as soon as there is one. The token is for the repositories of the same
        owner in ``also``, too: an installation has no others."""
        owner = repository.partition("/")[0].lower()
        self._also = [
            name for grant in also for of, _, name in [grant.partition("/")] if of.lower() == owner and grant != repository
        ]
        self._key, self._url, self._repository, self._patience, self._mask = key, url, repository, patience, mask
        self._token: str | None = None
        self._helps = {
            Trouble.UNAUTHORIZED: "the key has to be one of this App's, and the runner's clock has to be right",
            Trouble.NOT_FOUND: f"check the input `app-id`, and that the App is installed on {repository}",
            Trouble.FORBIDDEN: "an owner of the organization may have suspended the App's installation",
            Trouble.INVALID: f"check that the App is installed on {repository}, and that its permissions were accepted there",
        }

    def token(self) -> str:
        """A new token, for this repository alone and with no more than is needed.

        Raises:
            PlatformError: the key is none, or GitHub gives no token for it.
            MalformedError: its answer makes no sense.
        """
        signed = self._signed()
        self._mask(signed)
        with closing(Api(signed, self._url, self._repository, self._patience, signed=True)) as api:
            with other_help(self._helps):
                installation = api.get(f"{api.root}/installation")
            granted = installation["permissions"]
            permissions = {name: level for name in WANTED if (level := _level(granted, name)) is not None}
            for name in _INDISPENSABLE:
                if name not in permissions:
                    raise PlatformError(
                        Trouble.FORBIDDEN, f"the App may not read {name.replace('_', ' ')} of {self._repository}", help=_GRANT
                    )
            body = {"repositories": [self._repository.partition("/")[2], *self._also], "permissions": permissions}
            path = f"/app/installations/{installation['id'].number()}/access_tokens"
            with other_help(self._helps):
                token = api.send("POST", path, body)["token"].text()
        self._mask(token)
        self._token = token
        return token

    def give_back(self) -> None:
        """Make the token worthless, if there is one.

        Raises:
            PlatformError: GitHub does not say that it did; the token is worthless within the hour by itself.
        """
        token, self._token = self._token, None
        if token is None:
            return
        api = Api(token, self._url, self._repository, self._patience.hurried())
        # where an answer was lost the token may be worthless by the second attempt
        with closing(api), suppress_trouble(Trouble.UNAUTHORIZED):
            api.send("DELETE", "/installation/token", None)

    def _signed(self) -> str:
        # two runs that begin in the same second would sign the same token, and GitHub has been seen to refuse the second; see
        # https://github.com/github-aws-runners/terraform-aws-github-runner/issues/5025
        since, until = -60 - randbelow(60), 300 + randbelow(240)
        try:
            signer = Auth.AppAuth(self._key.app_id, self._key.private_key, jwt_issued_at=since, jwt_expiry=until)
            return signer.create_jwt()
        except Exception:  # noqa: BLE001 (whatever the libraries say of a key may quote it)
            raise PlatformError(Trouble.UNAUTHORIZED, _KEY, help=_KEY_HELP) from None


def _level(granted: JsonNode, name: str) -> str | None:
    """Level of a permission to ask for: the wanted one, or less where the App has less; None for nothing at all."""
    held = granted.get(name)
    if held is None or held.text() not in _LEVELS:
        return None
    return min(held.text(), WANTED[name], key=_LEVELS.index)
