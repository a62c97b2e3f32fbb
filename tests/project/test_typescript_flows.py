"""Each plugin's flow over HTTP, on a project that has all of them and an embedded PostgreSQL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from hooks.demo import environment
from tests.answers import options_of, stack_plugins
from tests.project.typescript import TYPESCRIPT, Browser, Server, serving, setup
from tests.template import render

pytestmark = pytest.mark.e2e

SCIM_TOKEN = secrets.token_urlsafe(24)


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("typescript") / "project"
    answers = {
        "stack": "typescript",
        "plugins": stack_plugins("typescript"),
        "plugin_options": list(options_of("typescript")),
        "rate_limit_storage": "database",
    }
    render(template, folder, answers)
    done = setup(folder)
    assert done.returncode == 0, done.stdout
    yield folder
    stop = [TYPESCRIPT.serve[0], "scripts/database.ts", "stop"]
    subprocess.run(stop, cwd=folder, env=environment(), check=True)


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[Server]:
    with serving(project, SCIM_TOKEN=SCIM_TOKEN) as server:
        yield server


@pytest.fixture
def browser(server: Server) -> Browser:
    return server.browser()


def run(project: Path, *command: str) -> str:
    """What a command of the project's folder prints; it has to succeed."""
    node = [TYPESCRIPT.serve[0], *command]
    done = subprocess.run(node, cwd=project, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_username(browser: Browser) -> None:
    name = f"Ada_{secrets.token_hex(4)}"
    browser.sign_up(username=name)
    browser.do("/sign-out")
    browser.do("/sign-in/username", username=name, password=browser.password)
    user = browser.user()
    assert user and (user["username"], user["displayUsername"]) == (name.lower(), name)


def test_admin(project: Path, server: Server) -> None:
    boss, guest = server.browser(), server.browser()
    boss.sign_up()
    guest_id = guest.sign_up()["id"]
    assert boss.get("/admin/list-users").status_code == 403
    promote(project, boss.email)
    assert boss.ask("/admin/list-users")["total"] >= 2
    boss.do("/admin/impersonate-user", userId=guest_id)
    impersonated = boss.user()
    assert impersonated and impersonated["email"] == guest.email
    boss.do("/admin/stop-impersonating")
    boss.do("/admin/ban-user", userId=guest_id)
    assert guest.user() is None
    body = {"email": guest.email, "password": guest.password}
    assert guest.post("/sign-in/email", json=body).status_code == 403


def promote(project: Path, email: str) -> None:
    script = f"""
    import {{ prisma }} from "./src/lib/prisma.ts";
    await prisma.user.update({{ where: {{ email: "{email}" }}, data: {{ role: "admin" }} }});
    await prisma.$disconnect();
    """
    run(project, "--input-type=module", "--eval", script)


def totp(uri: str) -> str:
    secret = parse_qs(urlsplit(uri).query)["secret"][0]
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def test_two_factor(browser: Browser) -> None:
    browser.sign_up()
    enabled = browser.do("/two-factor/enable", password=browser.password)
    browser.do("/two-factor/verify-totp", code=totp(enabled["totpURI"]))

    browser.do("/sign-out")
    assert browser.sign_in()["twoFactorRedirect"] is True
    assert browser.user() is None
    browser.do("/two-factor/verify-backup-code", code=enabled["backupCodes"][0])
    assert browser.user()

    browser.do("/sign-out")
    browser.sign_in()
    browser.do("/two-factor/send-otp")
    browser.do("/two-factor/verify-otp", code=browser.message(browser.email))
    assert browser.user()


def test_organization(server: Server) -> None:
    owner, guest = server.browser(), server.browser()
    owner.sign_up()
    guest_id = guest.sign_up()["id"]
    slug = secrets.token_hex(6)
    organization = owner.do("/organization/create", name="Engines", slug=slug)["id"]
    owner.do("/organization/set-active", organizationId=organization)
    owner.do("/organization/invite-member", email=guest.email, role="member")
    invitation = owner.message(guest.email).rsplit("/", 1)[1]
    guest.do("/organization/accept-invitation", invitationId=invitation)
    team = owner.do("/organization/create-team", name="Looms", organizationId=organization)
    owner.do("/organization/add-team-member", teamId=team["id"], userId=guest_id)
    role = {"role": "auditor", "permission": {"member": ["update"]}}
    owner.do("/organization/create-role", organizationId=organization, **role)
    full = owner.ask("/organization/get-full-organization", organizationId=organization)
    assert len(full["members"]) == 2
    assert "Looms" in {team["name"] for team in full["teams"]}


def test_api_key(browser: Browser) -> None:
    browser.sign_up()
    created = browser.do("/api-key/create", name="robot")
    assert created["key"]
    listed = browser.ask("/api-key/list")
    keys = listed["apiKeys"] if isinstance(listed, dict) else listed
    assert [key["name"] for key in keys] == ["robot"]
    assert created["key"] not in str(listed)
    browser.do("/api-key/delete", keyId=created["id"])


def test_jwt_comes_for_the_asking(browser: Browser) -> None:
    browser.sign_up()
    token = browser.ask("/token")["token"]
    header = base64.urlsafe_b64decode(token.split(".")[0] + "==")
    assert browser.ask("/jwks")["keys"][0]["kid"] in header.decode()
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


def test_magic_link(browser: Browser) -> None:
    browser.do("/sign-in/magic-link", email=browser.email)
    browser.get(browser.message(browser.email))
    user = browser.user()
    assert user and user["email"] == browser.email and user["emailVerified"]


def test_email_otp(browser: Browser) -> None:
    browser.do("/email-otp/send-verification-otp", email=browser.email, type="sign-in")
    browser.do("/sign-in/email-otp", email=browser.email, otp=browser.message(browser.email))
    assert browser.user()


def test_phone_number(browser: Browser) -> None:
    number = f"+1555{secrets.randbelow(10**7):07}"
    browser.do("/phone-number/send-otp", phoneNumber=number)
    browser.do("/phone-number/verify", phoneNumber=number, code=browser.message(number))
    user = browser.user()
    assert user and user["phoneNumber"] == number


def test_anonymous(browser: Browser) -> None:
    browser.do("/sign-in/anonymous")
    user = browser.user()
    assert user and user["isAnonymous"]


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


def test_multi_session(server: Server, browser: Browser) -> None:
    other = server.browser()
    other.sign_up()
    browser.sign_up()
    browser.do("/sign-in/email", email=other.email, password=other.password)
    sessions = browser.ask("/multi-session/list-device-sessions")
    assert {entry["user"]["email"] for entry in sessions} == {browser.email, other.email}


def test_one_time_token(server: Server, browser: Browser) -> None:
    browser.sign_up()
    token = browser.ask("/one-time-token/generate")["token"]
    elsewhere = server.browser()
    assert elsewhere.do("/one-time-token/verify", token=token)["user"]["email"] == browser.email
    assert elsewhere.post("/one-time-token/verify", json={"token": token}).status_code == 400


def test_oauth_provider(server: Server, browser: Browser) -> None:
    browser.sign_up()
    callback = "https://client.example.com/callback"
    client = browser.do(
        "/oauth2/create-client",
        redirect_uris=[callback],
        scope="openid email",
        client_name="Client",
    )
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    redirect = browser.get(
        "/oauth2/authorize",
        params={
            "client_id": client["client_id"],
            "redirect_uri": callback,
            "response_type": "code",
            "scope": "openid email",
            "state": "state",
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
        },
    )
    consent = urlsplit(redirect.headers["location"])
    assert consent.path == "/consent"
    accepted = browser.do("/oauth2/consent", accept=True, oauth_query=consent.query)
    code = parse_qs(urlsplit(accepted.get("url") or accepted["redirect_uri"]).query)["code"][0]
    response = server.browser().post(
        "/oauth2/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "code_verifier": verifier,
        },
        auth=(client["client_id"], client["client_secret"]),
    )
    assert response.is_success, response.text
    program = server.browser()
    program.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
    assert program.ask("/oauth2/userinfo")["email"] == browser.email


def test_scim(server: Server) -> None:
    directory = server.browser()
    name = f"{secrets.token_hex(6)}@example.com"
    person = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "emails": [{"value": name, "primary": True}],
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
    }
    assert directory.post("/scim/v2/Users", json=person).status_code == 401
    directory.headers["Authorization"] = f"Bearer {SCIM_TOKEN}"
    created = directory.post("/scim/v2/Users", json=person)
    assert created.status_code == 201, created.text
    assert directory.ask(f"/scim/v2/Users/{created.json()['id']}")["userName"] == name
    assert directory.delete(f"/scim/v2/Users/{created.json()['id']}").status_code == 204


def test_open_api(browser: Browser) -> None:
    assert "/sign-in/magic-link" in browser.ask("/open-api/generate-schema")["paths"]


def test_last_login_method(browser: Browser) -> None:
    browser.sign_up()
    browser.sign_in()
    user = browser.user()
    assert user and user["lastLoginMethod"] == "email"


def test_rate_limits_are_counted_in_the_database(server: Server) -> None:
    guesser, other = server.browser(), server.browser()
    body = {"email": "nobody@example.com", "password": "not the password"}
    statuses = [guesser.post("/sign-in/email", json=body).status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert other.post("/sign-in/email", json=body).status_code == 401


def test_bad_requests_are_the_callers_fault(browser: Browser) -> None:
    json_type = {"Content-Type": "application/json"}
    assert browser.post("/sign-in/email", content=b"{", headers=json_type).status_code == 400
    assert browser.post("/sign-in/email", content=b"[]", headers=json_type).status_code == 400
    assert browser.post("/sign-in/email", content=b"a", headers=json_type).status_code == 400
    assert browser.get("/nowhere").status_code == 404


def test_the_embedded_database_survives_being_killed(project: Path, server: Server) -> None:
    browser = server.browser()
    browser.sign_up()
    lock_file = project / ".postgres" / "data" / "postmaster.pid"
    os.kill(int(lock_file.read_text().split()[0]), signal.SIGKILL)
    assert "started" in run(project, "scripts/database.ts", "start")
    assert "running" in run(project, "scripts/database.ts", "status")
    user = browser.user()
    assert user and user["email"] == browser.email


def test_a_wrong_database_is_named_without_its_password(project: Path) -> None:
    settings = (project / ".env.local").read_text()
    port = re.search(r"127\.0\.0\.1:(\d+)/", settings)
    assert port
    wrong = f"postgresql://postgres:s3cret@127.0.0.1:{port[1]}/my_app"
    nowhere = "postgresql://app:s3cret@127.0.0.1:1/app"
    for url, sentence in [
        (wrong, 'does not accept the password of "postgres"'),
        (nowhere, "server at 127.0.0.1:1 cannot be reached: ECONNREFUSED"),
        ("mysql://app:s3cret@127.0.0.1/app", "DATABASE_URL is no PostgreSQL URL"),
    ]:
        done = setup(project, DATABASE_URL=url)
        assert done.returncode == 1
        assert sentence in done.stdout
        assert "s3cret" not in done.stdout


def test_production_refuses_weak_settings(project: Path) -> None:
    settings = environment(NODE_ENV="production", BETTER_AUTH_SECRET="hunter2hunter2")
    settings["BETTER_AUTH_URL"] = "http://app.example.com"
    done = subprocess.run(
        TYPESCRIPT.serve, cwd=project, env=settings, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "BETTER_AUTH_SECRET is too weak" in done.stderr
    assert "BETTER_AUTH_URL must be https" in done.stderr
    assert "STRIPE_SECRET_KEY is not set" in done.stderr
    assert "hunter2" not in done.stderr
    assert not re.search(r"^\s+at ", done.stderr, re.M)


def test_the_project_passes_its_own_checks(project: Path) -> None:
    run(project, "node_modules/prettier/bin/prettier.cjs", "--check", ".")
    run(project, "node_modules/typescript/bin/tsc")
    run(project, "--test", "tests/app.test.ts", "tests/settings.test.ts")
