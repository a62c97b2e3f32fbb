"""User flows that HTML pages and Next.js share."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Error, Route, ViewportSize

from tests.browser.applications import authorization_url, forgeries
from tests.browser.person import Person
from tests.project.social.accounts import Person as Account

CALLBACK = "https://shop.example.com/callback"
#: In pixels.
PHONE = ViewportSize(width=360, height=640)


def magic_link_signs_in(person: Person) -> None:
    person.open("sign-in")
    way = person.way("Link by e-mail")
    person.fill(way, email=person.email)
    person.press("Send me a link", way)
    person.sees("Look into your mail", way)
    person.page.goto(person.message("sign-in link"))
    person.at_account()


def email_code_signs_in(person: Person) -> None:
    person.open("sign-in")
    way = person.way("Code by e-mail")
    person.fill(way, email=person.email)
    person.press("Send me a code", way)
    person.sees("Look into your mail", way)
    person.fill(way, otp=person.message("Your code"))
    person.press("Sign in", way)
    person.at_account()


def social_provider_signs_in(person: Person) -> None:
    github, account = person.site.github, Account(person.email)

    def authorize(route: Route) -> None:
        back = github.agree(route.request.url, account)
        route.fulfill(status=302, headers={"Location": back})

    person.page.route(f"{github.page}*", authorize)
    person.open("sign-in")
    google = person.page.get_by_role("button", name="Google")
    assert not google.filter(visible=True).count(), "it has no keys"
    person.press("GitHub")
    person.at_account()
    person.sees(account.name)
    person.sees(account.email)


def guest_signs_in(person: Person) -> None:
    person.open("sign-in")
    person.press("Continue as a guest")
    person.at_account()
    person.sees("Anonymous")


def sign_up_by_keyboard_alone(person: Person) -> None:
    person.open("sign-up")
    focused = person.page.locator("input:focus")
    for name, text in {"name": "Ada", "email": person.email, "password": person.password}.items():
        person.page.keyboard.press("Tab")
        while focused.get_attribute("name") != name:
            person.page.keyboard.press("Tab")
        person.page.keyboard.type(text)
    person.page.keyboard.press("Enter")
    person.at_account()
    # The account, unlike the first page, also shows why a link is not valid.
    assert "callbackURL=%2Fauth%2Faccount" in person.message("Verify")


def next_page_is_one_of_this_site(person: Person) -> None:
    person.sign_up()
    for page in ("//example.com/", "/%09/example.com/"):  # browsers drop the tab
        person.open(f"sign-in?next={page}")
        person.type_password()
        person.at_account()


def oauth_client_gets_consent(person: Person) -> None:
    _answer(person, "Allow", "code=")


def oauth_client_is_refused(person: Person) -> None:
    _answer(person, "Deny", "error=access_denied")


def _answer(person: Person, button: str, word: str) -> None:
    person.sign_up()
    shop = re.compile(re.escape(CALLBACK))
    person.page.route(shop, lambda route: route.fulfill(body="The shop", content_type="text/html"))
    person.page.goto(ask_for_access(person))
    person.at("consent")
    person.sees("Shop asks to use your account.")
    person.sees("openid email")
    person.sees(CALLBACK)
    assert person.barriers() == []
    with person.page.expect_request(lambda request: request.url.startswith(CALLBACK)) as sent:
        person.press(button)
    assert word in sent.value.url


def oauth_client_waits_for_the_sign_in(person: Person) -> None:
    person.sign_up()
    url = ask_for_access(person)
    person.sign_out()
    person.page.goto(url)
    person.at("sign-in")
    person.type_password()
    person.at("consent")
    person.sees("openid email")


def forged_request_for_access_shows_nothing(person: Person) -> None:
    person.sign_up()
    person.page.goto(ask_for_access(person))
    person.at("consent")
    whole = person.page.url
    person.expected = {400, 401}
    for forged in forgeries(whole, ask_for_access(person, "https://other.example.com/callback")):
        person.page.goto(forged)
        person.at("consent")
        person.sees("This request was changed, or is too old.")
        assert "asks to use" not in person.page.locator("main").inner_text()
        assert not person.page.locator("main button").filter(visible=True).count()


def device_is_let_in(person: Person) -> None:
    token = _decide_on_a_device(person, "Approve", "The device is signed in.")
    assert token["access_token"]


def device_is_refused(person: Person) -> None:
    token = _decide_on_a_device(person, "Deny", "The device is denied.")
    assert token["error"] == "access_denied"


def _decide_on_a_device(person: Person, button: str, outcome: str) -> dict[str, str]:
    """The response that the device then gets for its token request."""
    person.sign_up()
    auth = f"{person.site.address}/api/auth"
    asked = {"client_id": "television"}
    device = httpx.post(f"{auth}/device/code", json=asked).json()
    person.page.goto(device["verification_uri_complete"])
    person.at("device")
    person.press("Check the code")
    person.press(button)
    person.sees(outcome)
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    form = {**asked, "grant_type": grant, "device_code": device["device_code"]}
    token: dict[str, str] = httpx.post(f"{auth}/device/token", json=form).json()
    return token


#: Two kinds of injected scripts: an element, and an event handler.
INJECTED = """<script>window.injected = "script"</script>
<img src="data:," alt="" onerror="window.injected = 'event'">"""


def injected_script_does_not_run(person: Person) -> None:
    def inject(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</body>", f"{INJECTED}</body>"))

    person.page.route("**/auth/sign-in", inject)
    person.open("sign-in")
    person.page.wait_for_load_state("networkidle")
    assert person.page.evaluate("window.injected") is None
    refused = [one for one in person.complaints if "Content Security Policy" in one]
    assert len(refused) == len(person.complaints) >= 2
    person.complaints.clear()


#: Ways in which a script turns a text into code.
SINKS = [
    "document.body.innerHTML = '<p>text</p>'",
    "document.createElement('script').src = 'https://example.com/script.js'",
    "document.createElement('script').src = '/api/auth/../../script.js'",
    "document.createElement('script').text = 'window.injected = true'",
    "trustedTypes.createPolicy('mine', { createHTML: (html) => html })",
]


def text_does_not_become_code(person: Person) -> None:
    """By Trusted Types: https://www.w3.org/TR/trusted-types/."""
    person.open("sign-in")
    for sink in SINKS:
        with pytest.raises(Error, match="TypeError"):
            person.page.evaluate(f"() => {{ {sink} }}")
    assert len(person.complaints) == len(SINKS)
    person.complaints.clear()


#: How many panels stand side by side.
COLUMNS = """new Set([...document.querySelectorAll("section")]
    .filter((panel) => panel.offsetParent)
    .map((panel) => panel.getBoundingClientRect().left)).size"""


def account_uses_the_width_of_the_window(person: Person) -> None:
    person.open("sign-in")
    assert person.page.evaluate("document.querySelector('h1').offsetWidth") < 500
    person.email = f"{'long' * 12}-{person.email}"
    person.sign_up()
    assert person.page.evaluate(COLUMNS) == 2
    person.page.set_viewport_size(PHONE)
    assert person.page.evaluate(COLUMNS) == 1
    assert person.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def ask_for_access(person: Person, callback: str = CALLBACK) -> str:
    """The authorization URL of a new OAuth client."""
    return authorization_url(person.page.request, person.site.address, callback)


Flow = Callable[[Person], None]
FLOWS = [
    next_page_is_one_of_this_site,
    magic_link_signs_in,
    email_code_signs_in,
    social_provider_signs_in,
    guest_signs_in,
    sign_up_by_keyboard_alone,
    pytest.param(oauth_client_gets_consent, marks=pytest.mark.both),
    oauth_client_is_refused,
    oauth_client_waits_for_the_sign_in,
    forged_request_for_access_shows_nothing,
    device_is_let_in,
    device_is_refused,
    injected_script_does_not_run,
    text_does_not_become_code,
    account_uses_the_width_of_the_window,
]
#: For a test with the arguments `person` and `flow`.
each_flow = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)


#: Every page, and whether it requires a session.
PAGES = {
    False: [
        "sign-in",
        "sign-in?error=state_mismatch",
        "sign-up",
        "forgot-password",
        "reset-password?token=token",
        "reset-password?error=INVALID_TOKEN",
        "two-factor",
    ],
    True: ["account", "accept-invitation?id=none", "device", "consent?client_id=none&scope=openid"],
}


def passes_axe(person: Person, name: str) -> None:
    """Checks a page in both color schemes and at phone width."""
    page = person.page
    person.open(name)
    for opened in page.locator("details").all():
        opened.evaluate("details => { details.open = true }")
    page.emulate_media(color_scheme="light")
    assert person.barriers() == [], name
    page.emulate_media(color_scheme="dark")
    assert person.barriers("color-contrast") == [], name
    wide = page.viewport_size
    page.set_viewport_size(PHONE)
    assert person.barriers() == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
    if wide:
        page.set_viewport_size(wide)
