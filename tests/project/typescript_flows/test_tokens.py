"""Bearer tokens, JWTs, one-time tokens and API keys."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.project.typescript import Browser, Server, run_node

pytestmark = pytest.mark.e2e


def test_api_key(project: Path, browser: Browser) -> None:
    browser.sign_up()
    created = browser.do("/api-key/create", name="robot")
    assert verify(project, created["key"])
    listed = browser.ask("/api-key/list")
    keys = listed["apiKeys"] if isinstance(listed, dict) else listed
    assert [key["name"] for key in keys] == ["robot"]
    assert created["key"] not in str(listed)
    browser.do("/api-key/delete", keyId=created["id"])
    assert not verify(project, created["key"])


def verify(project: Path, key: str) -> bool:
    """Verifies an API key as the application does."""
    script = f"""
    import {{ auth }} from "./src/lib/auth.ts";
    import {{ prisma }} from "./src/lib/prisma.ts";
    const {{ valid }} = await auth.api.verifyApiKey({{ body: {{ key: "{key}" }} }});
    console.log(JSON.stringify({{ valid }}));
    await prisma.$disconnect();
    """
    valid: bool = json.loads(run_node(project, "--input-type=module", "--eval", script))["valid"]
    return valid


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_jwt(browser: Browser) -> None:
    user = browser.sign_up()
    token = browser.ask("/token")["token"]
    content, _, signature = token.rpartition(".")
    header, payload = (json.loads(decoded(part)) for part in content.split("."))
    keys = {key["kid"]: key for key in browser.ask("/jwks")["keys"]}
    key = Ed25519PublicKey.from_public_bytes(decoded(keys[header["kid"]]["x"]))
    key.verify(decoded(signature), content.encode())
    assert payload["sub"] == user["id"]
    assert "set-auth-jwt" not in browser.get("/get-session").headers


def test_bearer(server: Server, browser: Browser) -> None:
    browser.sign_up()
    browser.do("/sign-out")
    response = browser.post(
        "/sign-in/email", json={"email": browser.email, "password": browser.password}
    )
    program = server.browser()
    assert program.user() is None
    program.headers["Authorization"] = f"Bearer {response.headers['set-auth-token']}"
    user = program.user()
    assert user and user["email"] == browser.email


def test_one_time_token(server: Server, browser: Browser) -> None:
    browser.sign_up()
    token = browser.ask("/one-time-token/generate")["token"]
    elsewhere = server.browser()
    assert elsewhere.do("/one-time-token/verify", token=token)["user"]["email"] == browser.email
    assert elsewhere.post("/one-time-token/verify", json={"token": token}).status_code == 400


def test_device_authorization(server: Server) -> None:
    television, person = server.browser(), server.browser()
    person.sign_up()
    codes = television.do("/device/code", client_id="television")
    person.ask("/device", user_code=codes["user_code"])
    person.do("/device/approve", userCode=codes["user_code"])
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    body = {"grant_type": grant, "device_code": codes["device_code"], "client_id": "television"}
    television.headers["Authorization"] = (
        f"Bearer {television.do('/device/token', **body)['access_token']}"
    )
    user = television.user()
    assert user and user["email"] == person.email
