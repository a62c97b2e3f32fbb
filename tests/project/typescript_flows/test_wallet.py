"""Sign-In with Ethereum (EIP-4361), with a wallet of viem, a dependency of the project."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.project.typescript import Browser, run_node

pytestmark = pytest.mark.e2e

#: Signs a message with the wallet's key and with another key.
SIGN = """
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { createSiweMessage } from "viem/siwe";

const [owner, stranger] = [1, 2].map(() => privateKeyToAccount(generatePrivateKey()));
const { address } = owner;
const bodies = JSON.parse(process.env.MESSAGES).map(async (fields) => {
  const message = createSiweMessage({ ...fields, address, chainId: 1, version: "1" });
  const [signature, wrong] = await Promise.all(
    [owner, stranger].map((wallet) => wallet.signMessage({ message })),
  );
  return { message, signature, wrong };
});
console.log(JSON.stringify({ address, bodies: await Promise.all(bodies) }));
"""


def test_a_wallet_signs_in(project: Path, browser: Browser) -> None:
    host = urlsplit(browser.origin).netloc
    nonces = [browser.do("/siwe/nonce")["nonce"] for _ in range(3)]
    messages = [
        {"domain": domain, "uri": browser.origin, "nonce": nonce}
        for domain, nonce in zip([host, "stranger.example.com", host], nonces, strict=True)
    ]
    script = ["--input-type=module", "--eval", SIGN]
    signed = json.loads(run_node(project, *script, MESSAGES=json.dumps(messages)))
    by_stranger, for_stranger, right = signed["bodies"]

    def sign_in(message: str, signature: str) -> int:
        body = {"message": message, "signature": signature}
        return browser.post("/siwe/verify", json=body).status_code

    assert sign_in(by_stranger["message"], by_stranger["wrong"]) == 401
    assert sign_in(for_stranger["message"], for_stranger["signature"]) == 401
    assert browser.user() is None
    assert sign_in(right["message"], right["signature"]) == 200
    user = browser.user()
    assert user and user["name"] == signed["address"]
    assert sign_in(right["message"], right["signature"]) == 401
