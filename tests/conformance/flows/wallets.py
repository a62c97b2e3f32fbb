"""Sign-In with Ethereum (EIP-4361), with a software wallet."""

from typing import Any

from Crypto.Hash import keccak
from eth_keys.datatypes import PrivateKey

from tests.conformance.world import Browser, World

_MESSAGE = """{domain} wants you to sign in with your Ethereum account:
{address}

URI: {uri}
Version: 1
Chain ID: {chain}
Nonce: {nonce}
Issued At: 2026-11-24T00:00:00.000Z{more}"""


class _Wallet:
    """A wallet with a random key."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key = PrivateKey(world.tag.encode() * 4)
        self.address = self.key.public_key.to_checksum_address()
        world.form.replace(self.address, "wallet")
        world.form.replace(self.address.lower(), "wallet in lower case")

    def signs(self, browser: Browser, **more: Any) -> dict[str, str]:
        """Signs a message with a new nonce."""
        nonce = browser.post("/siwe/nonce").json()["nonce"]
        fields = {
            "domain": self.world.server.host,
            "address": self.address,
            "uri": self.world.server.address,
            "chain": 1,
            "nonce": nonce,
            "more": "",
            **more,
        }
        message = _MESSAGE.format(**fields)
        text = f"\x19Ethereum Signed Message:\n{len(message)}{message}".encode()
        digest = keccak.new(data=text, digest_bits=256).digest()
        signed = self.key.sign_msg_hash(digest).to_bytes()
        signature = "0x" + bytes([*signed[:64], signed[64] + 27]).hex()
        return {"message": message, "signature": signature}


def signs_in_with_a_wallet(world: World) -> None:
    ada, wallet = world.browser(), _Wallet(world)
    ada.post("/siwe/verify", **wallet.signs(ada))
    ada.session()
    ada.get("/list-accounts")
    ada.post("/sign-out")
    ada.post("/siwe/verify", **wallet.signs(ada))
    ada.session()


def signs_in_with_a_wallet_and_an_address(world: World) -> None:
    ada, wallet = world.browser(), _Wallet(world)
    ada.post("/siwe/verify", **wallet.signs(ada), email=ada.email)
    ada.session()
    ada.post("/siwe/verify", **wallet.signs(ada), email="nonsense")


def uses_another_chain(world: World) -> None:
    ada, wallet = world.browser(), _Wallet(world)
    ada.post("/siwe/verify", **wallet.signs(ada))
    ada.post("/siwe/verify", **wallet.signs(ada, chain=137))
    ada.session()


def signs_a_message_twice(world: World) -> None:
    ada, wallet = world.browser(), _Wallet(world)
    signed = wallet.signs(ada)
    ada.post("/siwe/verify", **signed)
    world.browser("eve").post("/siwe/verify", **signed)


def signs_a_wrong_message(world: World) -> None:
    ada, wallet = world.browser(), _Wallet(world)
    ada.post("/siwe/verify", **wallet.signs(ada, domain="evil.example"))
    ada.post("/siwe/verify", **wallet.signs(ada, uri="https://evil.example"))
    ada.post("/siwe/verify", **wallet.signs(ada, nonce="0123456789abcdef"))
    ada.post("/siwe/verify", **wallet.signs(ada, address=f"0x{'1' * 40}"))
    ada.post("/siwe/verify", **wallet.signs(ada, chain="x"))
    expired = "\nExpiration Time: 2020-01-01T00:00:00.000Z"
    ada.post("/siwe/verify", **wallet.signs(ada, more=expired))
    later = "\nNot Before: 2100-01-01T00:00:00.000Z"
    ada.post("/siwe/verify", **wallet.signs(ada, more=later))
    ada.session()


def sends_no_signature(world: World) -> None:
    ada, wallet = world.browser(), _Wallet(world)
    signed = wallet.signs(ada)
    for signature in ["", "0x", "0x00", "x" * 132, f"0x{'0' * 130}", f"0x{'f' * 130}"]:
        ada.post("/siwe/verify", message=signed["message"], signature=signature)
    for message in ["", "nonsense", signed["message"].partition("Nonce")[0]]:
        ada.post("/siwe/verify", message=message, signature=signed["signature"])
    ada.post("/siwe/verify")
    ada.post("/siwe/get-nonce")
    ada.session()
