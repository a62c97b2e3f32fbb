"""A software authenticator for WebAuthn."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

USER_PRESENT, USER_VERIFIED, CREDENTIAL_INCLUDED = 0x01, 0x04, 0x40
ES256 = -7


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    """Holds one passkey, with a key on P-256 (https://www.w3.org/TR/webauthn-3/)."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        data = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(data).encode()

    def _data(self, relying_party: str, flags: int) -> bytes:
        self.count += 1
        place = hashlib.sha256(relying_party.encode()).digest()
        return place + bytes([flags | USER_PRESENT | USER_VERIFIED]) + self.count.to_bytes(4, "big")

    def _answer(self, **response: bytes) -> dict[str, Any]:
        return {
            "id": encode(self.id),
            "rawId": encode(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {name: encode(value) for name, value in response.items()},
        }

    def register(self, options: dict[str, Any]) -> dict[str, Any]:
        """The result of ``navigator.credentials.create``, without attestation."""
        assert ES256 in {entry["alg"] for entry in options["pubKeyCredParams"]}
        point = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        public_key = cbor2.dumps({1: 2, 3: ES256, -1: 1, -2: x, -3: y})
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public_key
        data = self._data(options["rp"]["id"], CREDENTIAL_INCLUDED) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options)
        return self._answer(clientDataJSON=client_data, attestationObject=attestation)

    def authenticate(self, options: dict[str, Any]) -> dict[str, Any]:
        """The result of ``navigator.credentials.get``."""
        client_data = self._client_data("webauthn.get", options)
        data = self._data(options["rpId"], 0)
        signed = data + hashlib.sha256(client_data).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client_data, authenticatorData=data, signature=signature)
