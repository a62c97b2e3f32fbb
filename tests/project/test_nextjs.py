"""A Next.js project: setup, production build, HTTP, its own tests, and its panels in Chromium."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from hooks import chromium
from hooks.demo import NEXT, NEXTJS, free_port
from tests.browser.person import add_authenticator, barriers
from tests.npm_packages import lend
from tests.project.typescript import Browser, Server, guesses, npm, output, run, serving, setup
from tests.project.typescript_flows import test_two_factor
from tests.template import render
from tests.totp import totp

pytestmark = pytest.mark.e2e

ANSWERS = {
    "stack": "typescript",
    "framework": "nextjs",
    "provider": "sqlite",
    "plugins": [
        *("username", "admin", "two-factor", "organization", "passkey", "email-otp"),
        *("phone-number", "api-key", "device-authorization"),
    ],
}


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project after setup, built without any setting."""
    folder = render(template, tmp_path_factory.mktemp("nextjs") / "app", ANSWERS)
    done = setup(lend(folder))
    assert done.returncode == 0, done.stdout
    settings = (folder / ".env.local").rename(folder / "settings")
    built = output(folder, *NEXTJS.build)
    settings.rename(folder / ".env.local")
    assert not re.search(r"warn|error", built, re.IGNORECASE), built
    return folder


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[Server]:
    with serving(project, command=NEXTJS.serve) as server:
        yield server


def test_a_user_signs_in_and_sees_the_account(server: Server) -> None:
    ada = server.browser()
    stranger = ada.get(f"{server.address}/auth/account")
    assert stranger.headers["location"].endswith("/auth/sign-in")
    ada.sign_up()
    page = ada.get(f"{server.address}/auth/account")
    assert page.status_code == 200 and ada.email in page.text
    assert ada.get(f"{server.address}/me").json()["email"] == ada.email


def test_an_ended_session_redirects_to_sign_in(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    cookies = dict(ada.cookies)
    ada.do("/sign-out")
    ada.cookies.update(cookies)
    page = ada.get(f"{server.address}/auth/account", follow_redirects=True)
    assert "Sign in" in page.text and ada.email not in page.text


def test_an_error_redirect_shows_the_reason(server: Server) -> None:
    ada = server.browser()
    auth = f"{server.address}/api/auth"
    forged = ada.get(f"{auth}/error?error=state_mismatch", follow_redirects=True)
    assert forged.url.path == "/auth/sign-in" and "was interrupted" in forged.text
    dead = f"{auth}/verify-email?token=dead&callbackURL=/auth/account"
    said = "This link is no longer valid. Ask for another one."
    page = ada.get(dead, follow_redirects=True)
    assert page.url.path == "/auth/sign-in" and said in page.text
    ada.sign_up()
    page = ada.get(dead, follow_redirects=True)
    assert page.url.path == "/auth/account" and said in page.text
    spoofed = ada.get(f"{server.address}/auth/sign-in?error=call+0900")
    assert "Something went wrong." in spoofed.text


def test_the_second_factor_works(server: Server) -> None:
    test_two_factor.test_two_factor(server.browser())


def test_an_invitation_opens_its_page(server: Server) -> None:
    ada, guest = server.browser(), server.browser()
    ada.sign_up()
    organization = ada.do("/organization/create", name="Engines", slug="engines")["id"]
    ada.do(
        "/organization/invite-member",
        email=guest.email,
        role="member",
        organizationId=organization,
    )
    link = ada.message(guest.email, "Engines")
    assert "Sign in" in guest.get(link).text
    guest.sign_up()
    assert "Engines" in guest.get(link).text
    stranger = server.browser()
    stranger.sign_up()
    assert "not valid" in stranger.get(link).text


def test_sign_in_attempts_are_limited_by_the_connections_address(project: Path) -> None:
    with serving(project, command=NEXTJS.serve, TRUSTED_PROXIES="") as server:
        assert guesses(server.address) == [401, 401, 401, 429, 429]


def test_the_handler_refuses_requests_without_instrumentation(
    project: Path, server: Server
) -> None:
    """Another server may call the handler without the caller's address."""
    route = project / "src/app/api/auth/[...all]/route.ts"
    assert "headers.has(clientAddressHeader)" in route.read_text()
    script = "import('./src/app/api/auth/[...all]/route.ts').then(async ({ GET }) => {\n"
    script += "  const request = new Request('http://localhost:3000/api/auth/ok');\n"
    script += "  console.log((await GET(request)).status);\n  process.exit();\n})"
    settings = {"DATABASE_URL": "file:./dev.db", "BETTER_AUTH_SECRET": "a" * 40}
    assert run(project, NEXT[0], "--eval", script, **settings).stdout.splitlines()[-1] == "500"


def test_big_bodies_are_refused(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    assert ada.post("/update-user", json={"name": "a" * 2_000_000}).status_code == 413
    chunks = (b'{"name": "', b"a" * 2_000_000, b'"}')
    headers = {"Content-Type": "application/json"}
    assert ada.post("/update-user", content=iter(chunks), headers=headers).status_code == 413


def test_nul_characters_are_refused(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    assert ada.post("/update-user", json={"name": "A\0"}).status_code == 400
    assert ada.post("/update-user", json={"name": r"100%00 \u0000"}).status_code == 200


def test_writes_from_other_origins_are_refused(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    for origin in ("https://evil.example.com", "null"):
        assert ada.post(f"{server.address}/me", headers={"Origin": origin}).status_code == 403
    assert ada.post(f"{server.address}/me").status_code == 405


def test_production_refuses_weak_settings(project: Path) -> None:
    settings = {"BETTER_AUTH_URL": "http://app.example.com", "BETTER_AUTH_SECRET": "hunter2"}
    done = run(project, *[word.format(port=0) for word in NEXTJS.serve], **settings)
    assert done.returncode == 1
    assert "BETTER_AUTH_SECRET is too weak for production" in done.stdout
    assert "BETTER_AUTH_URL must be https in production" in done.stdout
    assert "hunter2" not in done.stdout


def test_its_own_tests_and_checks_pass(project: Path) -> None:
    before = (project / "tsconfig.json").read_text()
    for script in ("typecheck", "lint", "format:check", "test"):
        done = npm(project, script)
        assert done.returncode == 0, done.stdout
    assert (project / "tsconfig.json").read_text() == before


def test_an_edit_is_live(project: Path) -> None:
    development = [*NEXT, "dev", "--hostname", "127.0.0.1", "--port", "{port}"]
    auth = project / "src/lib/auth.ts"
    before = auth.read_text()
    try:
        with serving(project, command=development) as server:
            ada: Browser = server.browser()
            ada.sign_up()
            edited = before.replace("enabled: true,\n    send", "enabled: false,\n    send")
            assert edited != before
            auth.write_text(edited)
            closed = server.browser()
            for _ in range(50):
                answer = closed.post(
                    "/sign-up/email",
                    json={"name": "Eve", "email": closed.email, "password": closed.password},
                )
                if answer.status_code == 400:
                    break
            assert answer.status_code == 400
    finally:
        auth.write_text(before)


@pytest.fixture
def page() -> Iterator[Page]:
    """A page in Chromium with clipboard access, whose console must show no errors."""
    with chromium.launched() as browser:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(15_000)
        complaints: list[str] = []

        def note(complaint: str) -> None:
            complaints.append(complaint)

        page.on("console", lambda each: note(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda error: note(str(error)))
        yield page
        assert complaints == []


@pytest.fixture
def site(project: Path) -> Iterator[Server]:
    """The server as localhost, because passkeys need a domain."""
    port = free_port()
    address = f"http://localhost:{port}"
    with serving(project, port, NEXTJS.serve, BETTER_AUTH_URL=address) as server:
        yield Server(address, server.log)


def sign_up(page: Page, server: Server, email: str) -> None:
    page.goto(f"{server.address}/auth/sign-up", wait_until="networkidle")
    fill(page, name="Ada", email=email, password="correct horse")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/auth/account")
    page.get_by_text(email).wait_for()


def fill(place: Page | Locator, **fields: str) -> None:
    for name, text in fields.items():
        place.locator(f"[name={name}]").fill(text)


def panel(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator("section").filter(has=heading)


def press(place: Page | Locator, name: str) -> None:
    place.get_by_role("button", name=name, exact=True).click()


def test_every_panel_works_in_a_browser(site: Server, page: Page) -> None:
    email = f"{secrets.token_hex(6)}@example.com"
    sign_up(page, site, email)

    user_name = panel(page, "User name")
    fill(user_name, username="ada_" + secrets.token_hex(3))
    press(user_name, "Save")
    user_name.get_by_text("Saved.").wait_for()

    organizations = panel(page, "Organizations")
    fill(organizations, name="Engines", slug="engines-" + secrets.token_hex(3))
    press(organizations, "Create an organization")
    organizations.locator("summary").click()
    invited = f"{secrets.token_hex(6)}@example.com"
    members = organizations.locator("details")
    fill(members, email=invited)
    press(members, "Invite")
    members.get_by_text(f"{invited} (member, pending)").wait_for()
    press(members, "Withdraw")
    members.get_by_text(f"{invited} (member, canceled)").wait_for()

    keys = panel(page, "API keys")
    fill(keys, name="laptop")
    press(keys, "Create a key")
    press(keys, "Copy")
    created = keys.locator("code").last.inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == created
    page.on("dialog", lambda dialog: dialog.accept())
    press(keys, "Delete")
    keys.get_by_text("No keys yet.").wait_for()

    add_authenticator(page)
    passkeys = panel(page, "Passkeys")
    fill(passkeys, name="My laptop")
    press(passkeys, "Add a passkey")
    passkeys.get_by_text("since").wait_for()

    second = panel(page, "Two-factor authentication")
    fill(second, password="correct horse")
    press(second, "Set up an authenticator")
    key = second.locator("code").first.inner_text()
    fill(second, code=totp(f"otpauth:?secret={key}"))
    press(second, "Turn it on")
    second.get_by_role("button", name="Turn it off").wait_for()

    assert barriers(page) == []
    press(page, "Sign out")
    page.wait_for_url(f"{site.address}/")
    page.goto(f"{site.address}/auth/sign-in", wait_until="networkidle")
    assert barriers(page) == []
    press(page, "Passkey")
    page.wait_for_url("**/auth/account")


def test_a_code_by_mail_signs_in(server: Server, page: Page) -> None:
    email = f"{secrets.token_hex(6)}@example.com"
    page.goto(f"{server.address}/auth/sign-in", wait_until="networkidle")
    page.locator("summary", has_text="Code by e-mail").click()
    way = page.locator("details[open]")
    fill(way, email=email)
    press(way, "Send me a code")
    way.locator("[name=otp]").wait_for()
    fill(way, otp=server.browser().message(email))
    press(way, "Sign in with the code")
    page.wait_for_url("**/auth/account")
    page.get_by_text(email).wait_for()
