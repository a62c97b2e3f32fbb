"""The HTML pages in Chromium, in both stacks."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Route

from hooks import chromium as chromium_of_debian
from hooks.demo import visit
from tests.browser.flows import PAGES, Flow, each_flow, passes_axe
from tests.browser.person import Person, add_authenticator
from tests.browser.sites import Site, apart
from tests.project.social.accounts import Person as Account
from tests.totp import totp
from tests.waiting import TIMEOUT

pytestmark = pytest.mark.e2e


@each_flow
def test_flow(person: Person, flow: Flow) -> None:
    flow(person)


@pytest.mark.both
def test_a_user_signs_up_out_and_in(person: Person) -> None:
    person.sign_up_on_the_page()
    person.sees(person.email)
    person.sees("Chrome on Linux")
    person.sign_out()
    person.expected = {401}
    person.fill(person.page.locator("form").first, email=person.email, password="wrong one")
    person.press("Sign in", person.page.locator("form").first)
    person.sees("Invalid email or password")
    person.type_password()
    person.at_account()


def test_a_visitor_without_a_session_is_redirected_to_sign_in_and_back(person: Person) -> None:
    person.sign_up()
    person.sign_out()
    person.open("account?from=bookmark")
    person.at("sign-in")
    person.type_password()
    person.page.wait_for_url("**/auth/account?from=bookmark")


def test_a_password_is_reset_by_mail(person: Person) -> None:
    person.sign_up()
    person.sign_out()
    person.page.get_by_text("Forgot password?").click()
    person.at("forgot-password")
    person.fill(email=person.email)
    person.press("Send me a link")
    person.sees("a mail is on its way")
    person.page.goto(person.message("password"))
    person.at("reset-password")
    person.password = "another horse"
    person.fill(newPassword=person.password)
    person.press("Save")
    person.at("sign-in")
    person.type_password()
    person.at_account()


OLD = "This link is no longer valid."
AGAIN = "The sign-in was interrupted"
#: URLs to which better-auth redirects on errors, and the page's text.
FAILURES = {
    "reset-password/dead?callbackURL=/auth/reset-password": ("reset-password", OLD),
    "verify-email?token=dead&callbackURL=/auth/account": ("sign-in", OLD),
    "magic-link/verify?token=dead&callbackURL=/auth/account": ("sign-in", OLD),
    "callback/github?code=code": ("sign-in", AGAIN),
    "callback/github?code=code&state=forged": ("sign-in", AGAIN),
    "callback/github?error=access_denied&state={state}": ("sign-in", "The access was declined."),
    "callback/google?code=code&state={state}": ("sign-in", "This way to sign in is not available"),
    "error?error=BANNED_USER": ("sign-in", "This account is banned."),
    "oauth2/authorize?client_id=none&response_type=code": ("sign-in", "is not set up correctly"),
    "error?error=no_seat": ("sign-in", "Something went wrong (no_seat)."),
}


@pytest.mark.parametrize("path", FAILURES)
def test_an_error_redirect_shows_the_reason(person: Person, path: str) -> None:
    auth = f"{person.site.address}/api/auth"
    if "{state}" in path:
        asked = {"provider": "github", "callbackURL": "/auth/account"}
        headers = {"Origin": person.site.address}
        answer = person.page.request.post(f"{auth}/sign-in/social", data=asked, headers=headers)
        path = path.format(state=re.findall("state=([^&]*)", answer.json()["url"])[0])
    person.page.goto(f"{auth}/{path}")
    page, sentence = FAILURES[path if path in FAILURES else path.rsplit("=", 1)[0] + "={state}"]
    person.at(page)
    person.sees(sentence)


def test_an_expired_link_is_reported_on_the_account_page(person: Person) -> None:
    person.sign_up()
    person.page.goto(person.message("Verify").replace("token=", "token=dead"))
    person.at_account()
    person.sees(OLD)


def test_a_page_shows_no_text_from_its_url(person: Person) -> None:
    person.open("sign-in?error=call+0900&error_description=Call+0900")
    person.sees("Something went wrong. Try again.")
    assert not person.page.get_by_text("0900").count()


@pytest.mark.parametrize("page", ["reset-password", "accept-invitation", "consent"])
def test_a_truncated_link_is_reported(person: Person, page: str) -> None:
    person.sign_up()
    person.open(page)
    person.sees("This page needs a whole link.")
    assert not person.page.locator("main button").filter(visible=True).count()


def test_the_link_of_the_first_mail_verifies_the_address(person: Person) -> None:
    person.sign_up()
    person.sees("not verified")
    person.page.goto(person.message("Verify"))
    person.at_account()
    person.page.get_by_text("not verified").wait_for(state="hidden")


def test_sessions_are_revoked_one_by_one(person: Person) -> None:
    person.sign_up()
    person.page.context.clear_cookies()
    person.sign_in()
    person.at_account()
    sessions = person.panel("Sessions")
    sessions.locator("li").nth(1).wait_for()
    label = re.compile(r"^Sign out Chrome on Linux since .*\d{4}")
    sessions.get_by_role("button", name=label).click()
    sessions.locator("li").nth(1).wait_for(state="detached")
    person.press("Sign out all others", sessions)
    person.sees("All others are signed out.")


def test_a_user_name_signs_in(person: Person) -> None:
    name = f"ada_{person.email[:6]}"
    person.sign_up_on_the_page(username=name)
    person.sign_out()
    way = person.way("User name")
    person.fill(way, username=name, password=person.password)
    person.press("Sign in", way)
    person.at_account()


def test_a_social_provider_without_keys_has_no_button(person: Person) -> None:
    person.page.route("**/app.js", lambda route: route.fulfill(content_type="text/javascript"))
    person.page.goto(person.site.url("sign-in"))
    person.page.get_by_role("button", name="GitHub").wait_for()
    assert not person.page.get_by_text("Google").is_visible()
    person.sees("or continue with")
    person.page.evaluate(
        "document.querySelectorAll('.ways > *').forEach((way) => { way.hidden = true })"
    )
    assert not person.page.get_by_text("or continue with").is_visible()


def test_an_account_of_a_provider_is_linked_signs_in_and_is_unlinked(person: Person) -> None:
    person.sign_up()
    person.page.goto(person.message("Verify"))
    person.at_account()
    github = person.site.github
    agrees = {"as": Account(person.email)}

    def authorize(route: Route) -> None:
        back = github.agree(route.request.url, agrees["as"])
        route.fulfill(status=302, headers={"Location": back})

    person.page.route(f"{github.page}*", authorize)
    panel = person.panel("Linked accounts")
    person.sees("Password", panel)
    assert not panel.get_by_role("button", name="Link Google").is_visible()
    person.press("Link GitHub", panel)
    person.sees("GitHub", panel.locator("li"))
    person.sign_out()
    person.press("GitHub")
    person.at_account()
    person.page.on("dialog", lambda dialog: dialog.accept())
    person.press("Unlink GitHub", panel)
    person.sees("The account is unlinked.", panel)
    panel.locator("li", has_text="GitHub").wait_for(state="detached")
    person.expected = {400}
    person.press("Unlink Password", panel)
    person.sees("You can't unlink your last account", panel)
    agrees["as"] = Account(f"another-{person.email}")
    person.press("Link GitHub", panel)
    person.sees("That account has another e-mail address than yours.")
    person.at_account()


def test_sign_in_with_two_factors(person: Person) -> None:
    person.sign_up()
    panel = person.panel("Two-factor authentication")
    person.fill(panel, password=person.password)
    person.press("Set up an authenticator", panel)
    person.sees("1. Scan this", panel)
    assert len(panel.locator("path").get_attribute("d") or "") > 1000
    person.press("Copy the codes", panel)
    person.sees("Copied", panel)
    backup = person.page.evaluate("navigator.clipboard.readText()").splitlines()
    secret = panel.locator("#totp").text_content()
    person.fill(panel, code=totp(f"otpauth://totp/app?secret={secret}"))
    person.press("Turn it on", panel)
    person.at_account()
    person.sees("on", panel.locator(".badge"))
    renewal = panel.locator("form", has_text="Make new backup codes")
    person.fill(renewal, password=person.password)
    person.press("Make new backup codes", renewal)
    person.sees("the old ones no longer work", panel)
    person.press("Copy the codes", panel)
    person.sees("Copied", panel)
    old, backup = backup, person.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(backup) == len(old) and not {*backup} & {*old}
    assert person.barriers() == []
    person.sign_out()
    person.type_password()
    person.at("two-factor")
    way = person.way("Backup code")
    person.expected = {401}
    person.fill(way, code=old[0])
    person.press("Continue", way)
    person.sees("Invalid backup code", way)
    person.fill(way, code=backup[0])
    person.press("Continue", way)
    person.at_account()
    person.sign_out()
    person.type_password()
    person.at("two-factor")
    way = person.way("Code by e-mail")
    person.press("Send me a code", way)
    person.sees("Look into your mail", way)
    person.fill(way, code=person.message("sign-in code"))
    person.press("Continue", way)
    person.at_account()


@pytest.mark.both
def test_sign_in_with_a_passkey(person: Person) -> None:
    add_authenticator(person.page)
    person.sign_up()
    panel = person.panel("Passkeys")
    person.sees("No passkeys yet.", panel)
    person.fill(panel, name="My laptop")
    person.press("Add a passkey", panel)
    person.sees("My laptop", panel)
    person.sign_out()
    person.press("Passkey")
    person.at_account()
    person.page.once("dialog", lambda dialog: dialog.accept())
    person.press("Delete My laptop", panel)
    person.sees("No passkeys yet.", panel)
    person.site.age_sessions(person.email)
    person.expected = {403}
    person.fill(panel, name="My phone")
    person.press("Add a passkey", panel)
    person.sees("this needs a recent sign-in", panel)


def test_a_code_by_text_message_signs_in(person: Person) -> None:
    phone = f"+44{int(person.email[:8], 16):010}"
    person.open("sign-in")
    way = person.way("Code by text message")
    example = way.locator("input[name=phoneNumber]:visible").get_attribute("placeholder") or ""
    assert re.fullmatch(r"\+[1-9]\d{1,14}", example), "the server refuses the example"
    person.fill(way, phoneNumber=phone)
    person.press("Send me a code", way)
    person.sees("Your phone gets the code.", way)
    person.fill(way, code=person.message("Text message", phone))
    person.press("Sign in", way)
    person.at_account()
    person.sees(phone, person.panel("Phone"))


def test_an_organization_invites_a_user(person: Person) -> None:
    person.sign_up()
    owner = person.email
    panel = person.panel("Organizations")
    person.fill(panel, name="Analytical Engines", slug=f"engines-{owner[:6]}")
    person.press("Create an organization", panel)
    person.sees("Analytical Engines", panel)
    panel.locator("summary").click()
    person.sees(owner, panel)
    person.email = f"guest-{owner}"
    person.fill(panel, email=person.email)
    person.press("Invite to Analytical Engines", panel)
    person.sees("pending", panel)
    person.sign_out()
    invitation = person.message("Join")
    person.sign_up()
    person.page.goto(invitation)
    person.at("accept-invitation")
    person.sees(f"{owner} invites you to join Analytical Engines as member")
    assert person.barriers() == []
    person.press("Join")
    person.at_account()
    person.sees("Analytical Engines", panel)


def test_members_change_roles_and_leave(person: Person) -> None:
    person.sign_up()
    owner, guest = person.email, f"guest-{person.email}"
    panel = person.panel("Organizations")
    person.fill(panel, name="Engines", slug=f"engines-{owner[:6]}")
    person.press("Create an organization", panel)
    panel.locator("summary").click()
    person.fill(panel, email=guest)
    panel.locator("form", has_text="Invite").get_by_label("Role").select_option("admin")
    person.press("Invite to Engines", panel)
    person.sees("The invitation is on its way.", panel)
    person.email = guest
    person.sign_out()
    person.sign_up()
    person.sees("Verify your e-mail address to see who invites you.", panel)
    person.page.goto(person.message("Verify"))
    person.at_account()
    person.sees("invites you until", panel)
    person.press("Join Engines", panel)
    person.sees("You are a member now.", panel)
    panel.locator("summary").click()
    person.sees(owner, panel)
    assert panel.get_by_role("button", name=f"Remove {owner}").is_visible()
    person.email = owner
    person.sign_out()
    person.sign_in()
    person.at_account()
    panel.locator("summary").click()
    row = panel.locator("li li", has_text=guest)
    row.get_by_label(f"Role of {guest}").select_option("member")
    person.press(f"Change role of {guest}", row)
    person.sees("The role is changed.", panel)
    person.sees("member", row.locator(".badge"))
    person.email = guest
    person.sign_out()
    person.sign_in()
    person.at_account()
    panel.locator("summary").click()
    person.sees(owner, panel)
    for name in ("Remove", "Change role", "Invite"):
        assert not panel.get_by_role("button", name=name).filter(visible=True).count()
    person.page.once("dialog", lambda dialog: dialog.accept())
    person.press("Leave Engines", panel)
    person.sees("You are in no organization yet.", panel)


def test_an_invitation_is_declined(person: Person) -> None:
    person.sign_up()
    person.page.goto(person.message("Verify"))
    person.at_account()
    panel = person.panel("Organizations")
    person.fill(panel, name="Engines", slug=f"engines-{person.email[:6]}")
    person.press("Create an organization", panel)
    panel.locator("summary").click()
    # The invitation goes to a second account in this browser.
    person.email = f"guest-{person.email}"
    person.fill(panel, email=person.email)
    person.press("Invite to Engines", panel)
    person.sees("The invitation is on its way.", panel)
    person.sign_out()
    person.sign_up()
    person.page.goto(person.message("Verify"))
    person.at_account()
    person.press("Decline Engines", panel)
    person.sees("The invitation is declined.", panel)
    assert not panel.get_by_text("invites you until").count()


def test_an_api_key_is_shown_once(person: Person) -> None:
    person.sign_up()
    panel = person.panel("API keys")
    person.fill(panel, name="Backups")
    person.press("Create a key", panel)
    person.sees("it is not shown again", panel)
    person.press("Copy the key", panel)
    person.sees("Copied", panel)
    key = person.page.evaluate("navigator.clipboard.readText()")
    assert len(key) > 30 and panel.locator("#key").text_content() == key
    person.open("account")
    person.sees("Backups", panel)
    assert key not in person.page.content()
    person.page.once("dialog", lambda dialog: dialog.accept())
    person.press("Delete Backups", panel)
    person.sees("No keys yet.", panel)


def become_admin(person: Person) -> str:
    """Signs up a guest, then the user as an admin; returns the guest's address."""
    person.sign_up()
    guest = person.email
    person.email = f"admin-{guest}"
    person.sign_up()
    person.site.make_admin(person.email)
    return guest


def test_an_admin_bans_and_impersonates_users(person: Person) -> None:
    guest = become_admin(person)
    person.open("account")
    row = person.panel("Users").locator("li", has=person.page.get_by_text(guest, exact=True))
    person.page.once("dialog", lambda dialog: dialog.accept())
    person.press(f"Ban {guest}", row)
    person.sees("banned", row)
    person.press(f"Unban {guest}", row)
    row.get_by_text("banned").wait_for(state="hidden")
    person.press(f"Sign in as {guest}", row)
    person.press("Stop impersonating")
    person.sees(f"admin-{guest}")


def test_an_admin_finds_a_user_and_promotes_another(person: Person) -> None:
    guest = become_admin(person)
    person.site.add_users(45)
    person.open("account")
    panel = person.panel("Users")
    rows = panel.locator("li:not(.more)")
    rows.nth(19).wait_for()
    assert rows.count() == 20
    person.press("Show more", panel)
    rows.nth(39).wait_for()
    person.fill(panel, searchValue=guest)
    person.press("Search", panel)
    rows.nth(2).wait_for(state="detached")
    row = rows.filter(has=person.page.get_by_text(guest, exact=True))
    row.get_by_label(f"Role of {guest}").select_option("admin")
    person.press(f"Change role of {guest}", row)
    person.sees("The role is changed.", panel)
    person.sees("admin", row.locator(".badge"))
    person.fill(panel, searchValue="nobody-has-this")
    person.press("Search", panel)
    person.sees("No user has such an address.", panel)


def test_several_accounts_in_one_browser(person: Person) -> None:
    person.sign_up()
    first = person.email
    person.email = f"second-{first}"
    person.sign_up()
    panel = person.panel("Accounts in this browser")
    person.press(f"Switch to {first}", panel)
    header = person.page.locator("section > header")
    header.get_by_text(first, exact=True).wait_for()
    person.press(f"Sign out {first}", panel)
    header.get_by_text(person.email, exact=True).wait_for()
    panel.get_by_text(first, exact=True).wait_for(state="detached")
    person.press(f"Sign out {person.email}", panel)
    person.at("sign-in")


@pytest.mark.parametrize("is_member", PAGES)
def test_the_pages_pass_axe_in_both_color_schemes_and_on_a_phone(
    person: Person, is_member: bool
) -> None:
    if is_member:
        person.sign_up()
        # Without content; the tests of invitations and consent check them with content.
        person.expected = {400, 401}
    for name in PAGES[is_member]:
        passes_axe(person, name)


def test_every_page_is_checked(site: Site) -> None:
    folder = "auth/pages" if (site.project / "auth").exists() else "src/pages"
    there = {path.stem for path in (site.project / folder).glob("*.html")}
    assert there == {name.split("?")[0] for pages in PAGES.values() for name in pages}


def test_a_page_reports_that_its_script_did_not_load(person: Person) -> None:
    person.page.route("**/app.js", lambda route: route.abort())
    person.page.goto(person.site.url("sign-in"))
    # The page waits three seconds for its script.
    person.page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    person.page.get_by_text("The script of this page did not start.").wait_for()
    assert any("ERR_FAILED" in complaint for complaint in person.complaints)
    person.complaints.clear()


def test_a_user_stays_on_the_page_when_the_server_fails(person: Person) -> None:
    person.sign_up()
    person.expected = {503}
    failed = '{"message": "The database cannot be reached."}'
    person.page.route(
        "**/get-session",
        lambda route: route.fulfill(status=503, body=failed, content_type="application/json"),
    )
    person.open("account")
    person.sees("The database cannot be reached.")
    person.page.unroute("**/get-session")
    person.page.route("**/get-session", lambda route: route.abort())
    person.open("account")
    person.sees("The server cannot be reached.")
    assert person.page.url.endswith("/auth/account")
    person.complaints.clear()


FAILED = "The server could not finish this. Try again later."


@pytest.mark.both
def test_a_user_reads_a_sentence_while_the_database_is_down(person: Person) -> None:
    person.sign_up()
    link = person.message("Verify")
    panel = person.panel("API keys")
    person.fill(panel, name="Backups")
    person.expected = {404, 500, 503}  # 404: a text has no icon
    with person.site.without_database():
        person.press("Create a key", panel)
        person.sees(FAILED, panel)
        person.page.goto(f"{person.site.address}/dev/mail")
        person.sees("The outbox cannot be read: ")
        person.open("account")
        person.sees(FAILED)
        person.sign_in()
        person.sees(FAILED, person.page.locator("form").first)
        # Without the guard, better-auth would answer the second as if nobody were signed in.
        for opened in (link, f"{person.site.address}/api/auth/list-accounts"):
            person.page.goto(opened)
            assert person.page.locator("body").inner_text() == FAILED
    person.page.goto(link)
    person.at_account()


@pytest.mark.both
@pytest.mark.parametrize("site", ["python"], indirect=True)
def test_a_user_reads_a_sentence_while_the_auth_server_is_down(person: Person) -> None:
    person.sign_up()
    panel = person.panel("API keys")
    person.fill(panel, name="Backups")
    person.expected = {404, 503}
    with person.site.without_auth_server():
        person.press("Create a key", panel)
        person.sees(FAILED, panel)
        person.page.goto(person.site.url("account"))
        person.sees("The auth server does not start.")
    person.open("account")
    person.at_account()


def test_a_page_reports_that_scripts_are_disabled(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(TIMEOUT * 1000)
    page = context.new_page()
    page.goto(site.url("sign-in"))
    page.get_by_text("Allow scripts for this site, then reload.").wait_for()
    context.close()


def test_a_page_is_small(person: Person) -> None:
    """The largest page, with everything that it loads and requests."""
    person.sign_up()
    debugger = person.page.context.new_cdp_session(person.page)
    debugger.send("Network.enable")
    sizes: list[int] = []
    debugger.on("Network.loadingFinished", lambda one: sizes.append(one["encodedDataLength"]))
    debugger.send("Network.setCacheDisabled", {"cacheDisabled": True})
    person.open("account")
    person.at_account()
    print(f"{len(sizes)} responses, {sum(sizes)} bytes")
    assert len(sizes) >= 5 and sum(sizes) <= 60_000


#: Milliseconds to the first contentful paint.
FIRST_PAINT = """() => new Promise((resolve) => {
  const entries = (list) => list.getEntriesByName("first-contentful-paint");
  const see = (list) => entries(list).forEach(({ startTime }) => resolve(startTime));
  new PerformanceObserver(see).observe({ type: "paint", buffered: true });
})"""


def test_a_page_is_painted_before_its_script_loads(person: Person) -> None:
    held: list[Route] = []
    person.page.route("**/client.js", lambda route: held.append(route))
    person.page.goto(person.site.url("sign-in"), wait_until="commit")
    painted = person.page.evaluate(FIRST_PAINT)
    assert painted > 0
    person.sees("Welcome back.")
    assert not person.page.locator("html[data-ready]").count()
    print(f"First contentful paint after {painted:.0f} ms")
    person.waits_for(lambda: held, "The script was not requested.")
    held[0].continue_()
    person.page.wait_for_selector("html[data-ready]")


@pytest.mark.parametrize("has_chromium", [True, False])
def test_the_demo_opens_the_page(
    site: Site,
    has_chromium: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not has_chromium:
        monkeypatch.setattr(chromium_of_debian, "PATH", Path("chromium-is-not-installed"))
    apart(lambda: visit(site.address))
    output = capsys.readouterr().out
    assert ("which then shows: Hello, Demo" in output) is has_chromium
    assert ("Chromium is not installed" in output) is not has_chromium


@pytest.mark.both
def test_a_page_loads_nothing_inline_or_from_other_origins(site: Site) -> None:
    policy = httpx.get(site.url("account")).headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy and "http" not in policy


def test_an_unchanged_page_gets_304(site: Site) -> None:
    first = httpx.get(site.url("client.js"))
    again = httpx.get(site.url("client.js"), headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.both
@pytest.mark.parametrize("path", ["", "none", "../auth.ts", "%2e%2e/auth.ts", "app.ts", ".env"])
def test_only_the_pages_are_served(site: Site, path: str) -> None:
    assert httpx.get(f"{site.address}/auth/{path}").status_code == 404
