"""A Next.js project: setup, production build, HTTP, its own tests, and its panels in Chromium."""

from __future__ import annotations

import json
import re
import secrets
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Route

from hooks.demo import NEXT, NEXTJS
from hooks.servers import free_port
from tests.browser.flows import PAGES, Flow, each_flow, passes_axe
from tests.browser.person import NEXTJS as NEXTJS_LOOK
from tests.browser.person import Person, add_authenticator
from tests.browser.sites import Site
from tests.browser.visits import visiting
from tests.conformance.internet import internets
from tests.npm_packages import lend
from tests.project.builds import LOOKUPS, build, noting_lookups
from tests.project.cors import TRUSTED, check_cors
from tests.project.reloads import save_until
from tests.project.social.accounts import GitHub
from tests.project.social.accounts import Person as Account
from tests.project.typescript import (
    Server,
    guesses,
    is_limited,
    npm,
    open_handles,
    output,
    run,
    serving,
    setup,
)
from tests.project.typescript_flows import flows
from tests.some import some
from tests.template import render
from tests.totp import totp
from tests.waiting import TIMEOUT, wait_for
from tests.wrapped import unwrapped

pytestmark = pytest.mark.e2e

ANSWERS = {
    "stack": "typescript",
    "framework": "nextjs",
    "provider": "sqlite",
    "plugins": [
        *("open-api", "username", "admin", "two-factor", "organization", "passkey", "email-otp"),
        *("phone-number", "api-key", "device-authorization", "multi-session", "magic-link"),
        *("anonymous", "jwt", "oauth-provider", "custom-session"),
    ],
    "social_providers": ["github", "google"],
}


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project after setup, built without any setting."""
    folder = render(template, tmp_path_factory.mktemp("nextjs") / "app", ANSWERS)
    done = setup(lend(folder))
    assert done.returncode == 0, done.stdout
    build(folder, NEXTJS.build)
    return folder


@pytest.fixture(scope="module")
def server(project: Path) -> Iterator[Server]:
    with serving(project, command=NEXTJS.serve, TRUSTED_ORIGINS=TRUSTED) as server:
        yield server


def test_a_build_asks_no_other_host(project: Path) -> None:
    """For fonts, telemetry or versions."""
    assert {*(project / LOOKUPS).read_text().split()} == {"localhost"}


def test_a_build_traces_no_other_files_of_the_project(project: Path) -> None:
    """Standalone servers would have them, secrets included."""
    traced = {
        (trace.parent / file).resolve().relative_to(project.resolve())
        for trace in some(project.glob(".next/**/*.nft.json"))
        for file in json.loads(trace.read_text())["files"]
    }
    assert {path.parts[0] for path in traced} <= {
        ".next",
        "node_modules",
        "packages",
        "package.json",
    }


#: Some settings, with which no server starts because others are missing.
INCOMPLETE = [
    {"BETTER_AUTH_URL": "https://app.example.com", "GITHUB_CLIENT_ID": "id"},
    {"BETTER_AUTH_SECRET": secrets.token_urlsafe(32), "DATABASE_URL": "file:./dev.db"},
]


@pytest.mark.parametrize("settings", INCOMPLETE, ids=lambda settings: "-".join(settings))
def test_a_build_with_some_settings_prints_no_warning(
    project: Path, settings: dict[str, str]
) -> None:
    """Only loads auth.ts as a build does, because a build prints other lines, too."""
    script = "import('./src/lib/auth.ts').then(() => process.exit())"
    phase = {"NEXT_PHASE": "phase-production-build"}
    assert output(project, NEXT[0], "--eval", script, **phase, **settings) == ""


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
    message = "This link is no longer valid. Ask for another one."
    page = ada.get(dead, follow_redirects=True)
    assert page.url.path == "/auth/sign-in" and message in page.text
    ada.sign_up()
    page = ada.get(dead, follow_redirects=True)
    assert page.url.path == "/auth/account" and message in page.text
    spoofed = ada.get(f"{server.address}/auth/sign-in?error=call+0900")
    assert "Something went wrong." in spoofed.text


def test_the_links_between_sign_in_and_sign_up_keep_the_next_page(server: Server) -> None:
    for page, other in (("sign-in", "sign-up"), ("sign-up", "sign-in")):
        url = f"{server.address}/auth/{page}"
        html = httpx.get(url, params={"next": "/auth/device", "error": "banned"}).text
        [query] = re.findall(rf'href="/auth/{other}\?([^"]*)"', html)
        assert "next=%2Fauth%2Fdevice" in query


def test_the_second_factor_works(server: Server) -> None:
    flows.two_factor(server.browser())


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
        assert is_limited(guesses(server.address))


def test_the_handler_refuses_requests_without_instrumentation(
    project: Path, server: Server
) -> None:
    """Another server may call the handler without the caller's address."""
    route = project / "src/app/api/auth/[...all]/route.ts"
    assert "routeHandlers(auth, clientAddressHeader)" in route.read_text()
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
    trusted = {"Origin": "https://shop.example.org"}
    assert ada.post(f"{server.address}/me", headers=trusted).status_code == 405


def test_pages_of_trusted_origins_may_use_the_session(server: Server) -> None:
    ada = server.browser()
    ada.sign_up()
    check_cors(ada, ["/api/auth/list-sessions", "/me"])


def test_production_refuses_weak_settings(project: Path) -> None:
    settings = {"BETTER_AUTH_URL": "http://app.example.com", "BETTER_AUTH_SECRET": "hunter2"}
    done = run(project, *[word.format(port=0) for word in NEXTJS.serve], **settings)
    assert done.returncode == 1
    problems = unwrapped(done.stdout)
    assert "BETTER_AUTH_SECRET of the environment is too weak for production" in problems
    assert "BETTER_AUTH_URL of the environment must be https in production" in problems
    assert "hunter2" not in done.stdout


#: Its own tests and checks; it is built already, as `pretest` would do it.
SCRIPTS = [
    "test --ignore-scripts",
    # `test_code` has them, of other projects.
    *(
        pytest.param(script, marks=pytest.mark.exhaustive)
        for script in ("typecheck", "lint", "format:check")
    ),
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_its_own_tests_and_checks_pass(project: Path, script: str) -> None:
    before = (project / "tsconfig.json").read_text()
    done = npm(project, *script.split())
    assert done.returncode == 0, done.stdout
    assert (project / "tsconfig.json").read_text() == before


@pytest.fixture(scope="module")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server as localhost, because passkeys need a domain, with the keys of GitHub alone."""
    port, github = free_port(), GitHub()
    address = f"http://localhost:{port}"
    github.callbacks.add(f"{address}/api/auth/callback/{github.id}")
    with internets(tmp_path_factory.mktemp("internet"), github.hosts, 1) as [internet]:
        github.join(internet)
        settings = {**github.settings, **internet.settings, "BETTER_AUTH_URL": address}
        with serving(project, port, NEXTJS.serve, **settings) as server:
            yield Site(address, server.log, project, "", github)


@pytest.fixture
def person(request: pytest.FixtureRequest, chromium: Browser, site: Site) -> Iterator[Person]:
    with visiting(request.node, chromium, site, NEXTJS_LOOK) as person:
        yield person


@contextmanager
def without_sessions(project: Path) -> Iterator[None]:
    """Takes the table of sessions away for the length of a ``with`` block."""

    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(project / "dev.db", timeout=TIMEOUT)) as database:
            database.execute(f"ALTER TABLE {old} RENAME TO {new}")

    rename("session", "session_elsewhere")
    try:
        yield
    finally:
        rename("session_elsewhere", "session")


def test_every_panel_works_in_a_browser(person: Person) -> None:
    page = person.page
    person.sign_up_on_the_page()

    user_name = person.panel("User name")
    name = "ada_" + secrets.token_hex(3)
    person.fill(user_name, username=name)
    person.press("Save", user_name)
    user_name.get_by_text("Saved.").wait_for()
    user_name.locator(f"[value={name}]").wait_for()

    organizations = person.panel("Organizations")
    person.fill(organizations, name="Engines", slug="engines-" + secrets.token_hex(3))
    person.press("Create an organization", organizations)
    organizations.locator("summary").click()
    invited = f"{secrets.token_hex(6)}@example.com"
    members = organizations.locator("details")
    person.fill(members, email=invited)
    person.press("Invite", members)
    members.get_by_text(f"{invited} (member, pending)").wait_for()
    person.press(f"Withdraw the invitation of {invited}", members)
    members.get_by_text(f"{invited} (member, canceled)").wait_for()

    keys = person.panel("API keys")
    person.fill(keys, name="laptop")
    person.press("Create a key", keys)
    person.press("Copy", keys)
    created = keys.locator("code").last.inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == created
    page.on("dialog", lambda dialog: dialog.accept())
    person.press("Delete laptop", keys)
    keys.get_by_text("No keys yet.").wait_for()

    add_authenticator(page)
    passkeys = person.panel("Passkeys")
    person.fill(passkeys, name="My laptop")
    person.press("Add a passkey", passkeys)
    passkeys.get_by_text("since").wait_for()

    second = person.panel("Two-factor authentication")
    person.fill(second, password=person.password)
    person.press("Set up an authenticator", second)
    key = second.locator("code").first.inner_text()
    person.fill(second, code=totp(f"otpauth:?secret={key}"))
    person.press("Turn it on", second)
    second.get_by_role("button", name="Turn it off").wait_for()
    person.fill(second.locator("form", has_text="Make new backup codes"), password=person.password)
    person.press("Make new backup codes", second)
    second.get_by_text("the old ones no longer work").wait_for()
    person.press("Copy", second)
    codes = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(codes) == 10 and codes == second.locator("code").inner_text().splitlines()

    assert person.barriers() == []
    person.sign_out()
    person.open("sign-in")
    assert person.barriers() == []
    person.press("Passkey")
    page.wait_for_url("**/auth/account")
    passkeys.get_by_text("since").wait_for()
    # A request in flight when the session ends is answered with 401.
    page.get_by_text("Loading…").first.wait_for(state="detached")
    person.sign_out()
    person.open("sign-in")
    page.locator("summary", has_text="User name").click()
    way = page.locator("details[open]")
    person.fill(way, username=name, password=person.password)
    person.press("Sign in", way)
    page.wait_for_url("**/auth/two-factor")
    page.locator("summary", has_text="Backup code").click()
    person.fill(page.locator("details[open]"), code=codes[0])
    assert person.barriers() == []
    person.press("Continue with the backup code")
    page.wait_for_url("**/auth/account")


def test_several_accounts_in_one_browser(person: Person) -> None:
    page = person.page
    first, second = person.email, f"{secrets.token_hex(6)}@example.com"
    person.sign_up_on_the_page()
    person.email = second
    person.sign_up_on_the_page()
    keys = person.panel("API keys")
    person.fill(keys, name="of the second")
    person.press("Create a key", keys)
    keys.get_by_text("since").wait_for()
    accounts = person.panel("Accounts in this browser")
    person.press(f"Switch to {first}", accounts)
    page.locator("header", has_text=first).wait_for()
    keys.get_by_text("No keys yet.").wait_for()
    person.press(f"Sign out {second}", accounts)
    accounts.locator("li", has_text=second).wait_for(state="detached")
    person.press(f"Sign out {first}", accounts)
    page.wait_for_url("**/auth/sign-in")


def test_an_account_of_a_provider_is_linked_and_unlinked(person: Person) -> None:
    page = person.page
    person.sign_up_on_the_page()
    people = [Account(person.email), Account("somebody.else@example.com")]

    def authorize(route: Route) -> None:
        back = person.site.github.agree(route.request.url, people.pop(0))
        route.fulfill(status=302, headers={"Location": back})

    page.route(f"{person.site.github.page}*", authorize)
    page.on("dialog", lambda dialog: dialog.accept())
    accounts = person.panel("Linked accounts")
    accounts.get_by_text("Password").first.wait_for()
    assert not accounts.get_by_role("button", name="Link Google").count()
    person.press("Link GitHub", accounts)
    person.press("Unlink GitHub", accounts)
    accounts.locator("li", has_text="GitHub").wait_for(state="detached")
    person.press("Link GitHub", accounts)
    page.get_by_text("That account has another e-mail address than yours.").wait_for()


def test_a_list_that_cannot_be_read_is_asked_for_again(person: Person) -> None:
    person.page.route("**/api/auth/api-key/list*", lambda route: route.abort())
    person.sign_up_on_the_page()
    keys = person.panel("API keys")
    keys.get_by_text("The server cannot be reached.").wait_for()
    person.page.unroute("**/api/auth/api-key/list*")
    person.press("Try again", keys)
    keys.get_by_text("No keys yet.").wait_for()
    complains_of_aborted_requests_only(person)


def test_a_sign_out_that_fails_says_so(person: Person) -> None:
    person.sign_up_on_the_page()
    person.page.route("**/api/auth/sign-out", lambda route: route.abort())
    person.press("Sign out")
    person.sees("The server cannot be reached.")
    complains_of_aborted_requests_only(person)


def complains_of_aborted_requests_only(person: Person) -> None:
    assert all("net::ERR_FAILED" in complaint for complaint in person.complaints)
    person.complaints.clear()


@each_flow
def test_flow(person: Person, flow: Flow) -> None:
    flow(person)


@pytest.mark.parametrize("is_member", PAGES)
def test_the_pages_pass_axe_in_both_color_schemes_and_on_a_phone(
    person: Person, is_member: bool
) -> None:
    if is_member:
        person.sign_up()
        person.expected = {404}
    for name in PAGES[is_member]:
        passes_axe(person, name)


def test_a_missing_page_is_reported(person: Person) -> None:
    person.expected = {404}
    person.open("none")
    person.sees("There is no such page")
    assert person.barriers() == []


def test_a_page_that_fails_is_reported_and_can_be_retried(person: Person) -> None:
    # React reports each failure, without its text.
    reported = re.compile("React error #441|Server Components render")

    def is_report(message: ConsoleMessage) -> bool:
        return reported.search(message.text) is not None

    person.sign_up()
    person.expected = {401, 500}  # lists may still load
    with without_sessions(person.site.project):
        with person.page.expect_console_message(is_report):
            person.open("account")
        person.sees("Something went wrong")
        assert person.barriers() == []
        with person.page.expect_console_message(is_report):
            person.press("Try again")
        person.sees("Something went wrong")
    person.press("Try again")
    person.at_account()
    assert all(reported.search(complaint) for complaint in person.complaints)
    person.complaints.clear()


def test_a_page_reports_disabled_scripts(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(TIMEOUT * 1000)
    page = context.new_page()
    page.goto(site.url("sign-in"))
    assert "Allow them for this site, then reload." in page.locator("body").inner_text()
    context.close()


def policy(server: Server | Site) -> str:
    """The Content-Security-Policy of a page."""
    page = httpx.get(f"{server.address}/auth/sign-up")  # development compiles it
    return str(page.headers["content-security-policy"])


def test_a_page_takes_nothing_foreign_and_nothing_inline(server: Server) -> None:
    first = policy(server)
    assert "unsafe" not in first and "http" not in first
    assert "require-trusted-types-for 'script'" in first
    assert policy(server) != first, "the nonce is another one each time"
    forged = {"Content-Security-Policy": "script-src 'nonce-forged'", "x-nonce": "forged"}
    page = httpx.get(f"{server.address}/auth/sign-up", headers=forged)
    assert "forged" not in page.text and "forged" not in page.headers["content-security-policy"]


def test_the_mails_of_development_keep_their_policy(person: Person) -> None:
    person.page.goto(f"{person.site.address}/dev/mail")
    assert person.page.evaluate("getComputedStyle(document.body).maxWidth") == "768px"


def test_the_mails_of_development_are_refused_to_other_hosts(server: Server) -> None:
    """DNS rebinding: another site's host name resolves to this machine."""
    for host, status in [("evil.example", 404), ("localhost", 200)]:
        headers = {"Host": f"{host}:{server.address.rpartition(':')[2]}"}
        answer = httpx.get(f"{server.address}/dev/mail", headers=headers)
        assert answer.status_code == status


def test_every_response_has_the_security_headers(server: Server) -> None:
    page = httpx.get(f"{server.address}/auth/sign-up")
    script = re.findall(r'/_next/static/[^"]+\.js', page.text)[0]
    for path in ("/auth/sign-up", "/api/auth/ok", "/health", script):
        headers = httpx.get(f"{server.address}{path}").headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cross-origin-opener-policy"] == "same-origin", path


@pytest.fixture(scope="module")
def development(project: Path) -> Iterator[Server]:
    """The server of `npm run dev`."""
    script = json.loads((project / "package.json").read_text())["scripts"]["dev"]
    command = ["sh", "-c", f'PATH="node_modules/.bin:$PATH" exec env {script}']
    lookups = noting_lookups(project / "developed")
    with serving(project, None, command, **lookups) as server:
        yield server


def test_development_asks_no_other_host(
    project: Path, development: Server, chromium: Browser
) -> None:
    """When a page is open, Next.js reports whether there is a newer version of it."""
    page = chromium.new_page()
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda f: frames.append(str(f))))
    # It compiles the page.
    page.goto(f"{development.address}/auth/sign-up", timeout=TIMEOUT * 1000)

    def is_reported() -> bool:
        page.wait_for_timeout(100)  # Playwright calls the handlers meanwhile
        return any("staleness" in frame for frame in frames)

    wait_for(is_reported)
    page.close()
    assert {*(project / "developed").read_text().split()} <= {"127.0.0.1", "localhost"}


def test_pages_work_in_development_and_no_token_is_logged(
    request: pytest.FixtureRequest, project: Path, development: Server, chromium: Browser
) -> None:
    server = development
    site = Site(server.address, server.log, project, "", GitHub())
    with visiting(request.node, chromium, site, NEXTJS_LOOK) as person:
        assert "'unsafe-eval'" in policy(site), "React asks for it"
        person.open("sign-up")
    token = secrets.token_hex(12)
    server.browser().get(f"/reset-password/{token}?callbackURL=/")
    httpx.get(f"{server.address}/auth/reset-password?token={token}")
    httpx.get(f"{server.address}/health?mine=1")
    wait_for(lambda: "/health?mine=1" in server.log.read_text())
    assert token not in server.log.read_text()


def test_the_development_server_listens_on_127_0_0_1_only(development: Server) -> None:
    port = httpx.URL(development.address).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port or 0))


def test_sign_in_attempts_in_development_are_limited_by_the_connections_address(
    development: Server,
) -> None:
    # The address of no proxy.
    assert is_limited(guesses(development.address, "127.0.0.2"))


def test_edits_are_live_and_open_no_more_connections(project: Path, development: Server) -> None:
    auth = project / "src/lib/auth.ts"
    before = auth.read_text()
    closed = before.replace("enabled: true,\n    send", "enabled: false,\n    send")
    assert closed != before

    def sign_up_answers(status: int) -> bool:
        eve = development.browser()
        body = {"name": "Eve", "email": eve.email, "password": eve.password}
        return eve.post("/sign-up/email", json=body).status_code == status

    assert sign_up_answers(200)
    handles = open_handles(project / "dev.db")
    try:
        for text, status in [(closed, 400), (before, 200)] * 3:
            save_until(partial(auth.write_text, text), partial(sign_up_answers, status))
    finally:
        auth.write_text(before)
    assert 0 < open_handles(project / "dev.db") <= handles
