"""Apps' private keys, and the signed tokens that they speak for themselves with.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.github_server.model import App, Token
from tests.github_server.web import ApiError

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer

LONGEST = 600
_UNDECODED = "A JSON web token could not be decoded"


@cache
def pair(number: int) -> tuple[str, str]:
    """A private key as GitHub gives it out, and its public half; the same for the same number."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def speaker(server: GitHubServer, value: str) -> Token:
    """Who a signed token is from; 401 or 404 where GitHub would not have it."""
    try:
        claimed = jwt.decode(value, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise ApiError(401, _UNDECODED) from None
    app = next((it for it in server.apps.values() if str(claimed.get("iss")) in (str(it.id), it.client_id)), None)
    if app is None:
        raise ApiError(404, "Integration not found")
    if not any(_signed(value, key) for key in app.keys):
        raise ApiError(401, _UNDECODED)
    now, issued, expires = time.time(), claimed.get("iat"), claimed.get("exp")
    if not isinstance(issued, int) or issued > now:
        raise ApiError(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
    if not isinstance(expires, int) or expires < now:
        raise ApiError(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        )
    if expires > now + LONGEST:
        raise ApiError(401, "'Expiration time' claim ('exp') is too far in the future")
    return Token(value, "jwt", None, app.account, app, None)


def give_key(app: App, number: int = 0) -> str:
    """A private key of an App's."""
    private, public = pair(number)
    app.keys.append(public)
    return private


def _signed(value: str, key: str) -> bool:
    try:
        jwt.decode(value, key, algorithms=["RS256"], options={"verify_iat": False, "verify_exp": False})
    except jwt.InvalidTokenError:
        return False
    return True
