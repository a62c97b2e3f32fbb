"""Google's accounts."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from tests.conformance.internet import Answer, Request

CLIENT_ID = "1234567890-shop.apps.googleusercontent.com"


class Google:
    """Signs ID tokens and publishes their keys.

    See https://developers.google.com/identity/gsi/web/guides/verify-google-id-token.
    """

    host = "www.googleapis.com"

    def __init__(self) -> None:
        self.kids = ["first", "second"]
        self._keys: dict[str, RSAPrivateKey] = {}

    def key(self, name: str) -> RSAPrivateKey:
        """The key with this id, created on first use."""
        if name not in self._keys:
            self._keys[name] = generate_private_key(65537, 2048)
        return self._keys[name]

    def public_key(self, name: str) -> dict[str, Any]:
        """The public part of a key, as a JWK."""
        shown: dict[str, Any] = RSAAlgorithm.to_jwk(self.key(name).public_key(), as_dict=True)
        return {**shown, "kid": name, "use": "sig", "alg": "RS256"}

    def answer(self, request: Request) -> Answer:
        if (request.method, request.path) != ("GET", "/oauth2/v3/certs"):
            return Answer({"error": {"code": 404}}, 404)
        return Answer({"keys": [self.public_key(kid) for kid in self.kids]})

    def id_token(self, *, kid: str = "first", signed_with: str = "", **more: Any) -> str:
        """The ID token that One Tap gives a page; a claim of None is left out.

        Each token is unique, as Google's are.
        """
        now = int(time.time())
        claims = {
            "iss": "https://accounts.google.com",
            "azp": CLIENT_ID,
            "aud": CLIENT_ID,
            "email_verified": True,
            "nbf": now - 300,
            "name": "Ada Lovelace",
            "picture": "https://lh3.googleusercontent.com/a/ada",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "iat": now,
            "exp": now + 3600,
            "jti": secrets.token_hex(20),
        }
        kept = {name: value for name, value in {**claims, **more}.items() if value is not None}
        private = self.key(signed_with or kid)
        return jwt.encode(kept, private, algorithm="RS256", headers={"kid": kid})
