"""Sign-in with social providers, in both stacks."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from hooks.node import environment
from hooks.servers import free_port
from tests.answers import AUTH, social_data
from tests.project.social.accounts import Person, Provider, Refused
from tests.project.social.projects import OFF, SERVE, Project, Shop, dummy_keys
from tests.project.typescript import Browser, run_node
from tests.project.workshop import Workshop
from tests.waiting import TIMEOUT
from tests.wrapped import unwrapped

pytestmark = pytest.mark.e2e


def ask(visitor: Browser, provider: Provider, path: str = "/sign-in/social") -> str:
    """Starts a sign-in; returns the provider's authorization URL."""
    body = {"provider": provider.id, "callbackURL": "/home", "errorCallbackURL": "/error"}
    url: str = visitor.do(path, **body)["url"]
    return url


def lands(visitor: Browser, provider: Provider, back: str) -> str:
    """Follows the provider's callback; returns the final URL."""
    if provider.posts:
        # A cross-site form sends no cookies: they are SameSite=Lax.
        address, _, answer = back.partition("?")
        page = urlsplit(provider.page)
        headers = {"Origin": f"{page.scheme}://{page.netloc}", "Sec-Fetch-Site": "cross-site"}
        posted = httpx.post(address, data=dict(parse_qsl(answer)), headers=headers)
        assert posted.status_code == 302, posted.text
        back = posted.headers["location"]
    answered = visitor.get(back)
    assert answered.status_code == 302, answered.text
    return str(answered.headers["location"])


def sign_in(visitor: Browser, provider: Provider, person: Person) -> str:
    """Signs in with consent; returns the final URL."""
    return lands(visitor, provider, provider.agree(ask(visitor, provider), person))


def own_route(visitor: Browser) -> Any:
    """The response of a route of the application that requires a session."""
    return visitor.get(f"{visitor.origin}/me").json()


def accounts(visitor: Browser) -> list[str]:
    return sorted(account["providerId"] for account in visitor.ask("/list-accounts"))


def test_a_new_user_signs_up_and_signs_in_again(shop: Shop, provider: Provider) -> None:
    first, later = shop.browser(), shop.browser()
    person = Person(first.email)
    assert sign_in(first, provider, person) == "/home"
    user = own_route(first)
    assert (user["email"], user["name"]) == (person.email, "Ada Lovelace")
    assert first.user() and accounts(first) == [provider.id]
    first.do("/sign-out")
    assert own_route(first).get("email") is None

    moved = Person("moved." + person.email, name="Countess", subject=person.subject)
    assert sign_in(later, provider, moved) == "/home"
    assert own_route(later)["id"] == user["id"]


def test_an_account_with_a_password_is_linked_where_both_addresses_are_verified(
    shop: Shop, provider: Provider
) -> None:
    owner, visitor = shop.browser(), shop.browser()
    user = owner.sign_up()
    owner.get(owner.message(owner.email, "Verify"))
    assert sign_in(visitor, provider, Person(owner.email)) == "/home"
    assert own_route(visitor)["id"] == user["id"]
    assert accounts(visitor) == sorted(["credential", provider.id])


@pytest.mark.parametrize("verified", ["here", "there"])
def test_an_unverified_address_links_no_account(
    shop: Shop, provider: Provider, verified: str
) -> None:
    """Prevents account takeover from either side."""
    owner, visitor = shop.browser(), shop.browser()
    owner.sign_up()
    if verified == "here":
        owner.get(owner.message(owner.email, "Verify"))
    person = Person(owner.email, is_verified=verified == "there")
    assert sign_in(visitor, provider, person) == "/error?error=account_not_linked"
    assert visitor.user() is None
    assert accounts(owner) == ["credential"]


def test_a_user_links_an_account(shop: Shop, provider: Provider) -> None:
    owner, visitor = shop.browser(), shop.browser()
    user = owner.sign_up()
    person = Person(owner.email)
    back = provider.agree(ask(owner, provider, "/link-social"), person)
    assert lands(owner, provider, back) == "/home"
    assert accounts(owner) == sorted(["credential", provider.id])
    assert sign_in(visitor, provider, person) == "/home"
    assert own_route(visitor)["id"] == user["id"]

    stranger = Person(shop.browser().email)
    back = provider.agree(ask(owner, provider, "/link-social"), stranger)
    assert "error=email_does_not_match" in lands(owner, provider, back)


def test_a_state_of_another_browser_is_refused(shop: Shop, provider: Provider) -> None:
    attacker, victim = shop.browser(), shop.browser()
    back = provider.agree(ask(attacker, provider), Person(attacker.email))
    assert "error=state_mismatch" in lands(victim, provider, back)
    assert victim.user() is None


def test_an_unknown_state_or_code_is_refused(shop: Shop, provider: Provider) -> None:
    visitor = shop.browser()
    back = provider.agree(ask(visitor, provider), Person(visitor.email))
    state = parse_qs(urlsplit(back).query)["state"][0]
    forged = lands(visitor, provider, back.replace(state, "x" * len(state)))
    assert re.search(r"error=(state_mismatch|please_restart_the_process)", forged), forged
    other = lands(visitor, provider, re.sub("code=[^&]*", "code=forged", back))
    assert other == "/error?error=invalid_code"
    assert visitor.user() is None


def test_a_code_works_once(shop: Shop, provider: Provider) -> None:
    visitor = shop.browser()
    back = provider.agree(ask(visitor, provider), Person(visitor.email))
    assert lands(visitor, provider, back) == "/home"
    visitor.do("/sign-out")
    assert "error=" in lands(visitor, provider, back)
    assert visitor.user() is None


def test_a_denied_consent_is_reported(shop: Shop, provider: Provider) -> None:
    visitor = shop.browser()
    back = provider.agree(ask(visitor, provider), Person(visitor.email))
    declined = re.sub("code=[^&]*", "error=access_denied", back)
    assert lands(visitor, provider, declined) == "/error?error=access_denied"
    assert visitor.user() is None


def test_the_callback_url_comes_from_the_settings(
    project: Project, shop: Shop, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Providers refuse other callback URLs."""
    example = (project.folder / ".env.example").read_text()
    [path] = re.findall(
        rf"Callback URL to enter there: http://localhost:\d+(/\S+/{provider.id})\n", example
    )
    visitor = shop.browser()
    for entered, is_sent_back in ((shop.address + path, True), (f"{shop.address}/other", False)):
        monkeypatch.setattr(provider, "callbacks", {entered})
        if is_sent_back:
            assert sign_in(visitor, provider, Person(visitor.email)) == "/home"
        else:
            with pytest.raises(Refused):
                sign_in(visitor, provider, Person(visitor.email))


def test_a_provider_without_keys_is_disabled_and_logged(shop: Shop) -> None:
    body = {"provider": OFF, "callbackURL": "/home"}
    answer = shop.browser().post("/sign-in/social", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "PROVIDER_NOT_FOUND")
    log = shop.log.read_text()
    assert log.count("Social providers without keys are off") == 1
    assert f"Social providers without keys are off: {OFF}\n" in log


def test_only_a_provider_with_keys_has_a_button(shop: Shop) -> None:
    page = httpx.get(f"{shop.address}/auth/sign-in").text
    buttons = re.findall(r'<form[^>]* data-provider="(\w+)"( hidden)?', page)
    assert {name: bool(hidden) for name, hidden in buttons} == {
        name: name == OFF for name in social_data()
    }


@pytest.mark.parametrize("name", [name for name in social_data() if name != OFF])
def test_a_provider_with_keys_has_an_authorization_url(shop: Shop, name: str) -> None:
    sends_people_to_its_page(shop, name)


def sends_people_to_its_page(shop: Shop, provider: str) -> None:
    body = {"provider": provider, "callbackURL": "/home"}
    url = urlsplit(shop.browser().do("/sign-in/social", **body)["url"])
    assert url.scheme == "https"
    assert parse_qs(url.query)["redirect_uri"] == [shop.callback(provider)]


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", social_data())
def test_a_single_provider(workshop: Workshop, project: Project, name: str, tmp_path: Path) -> None:
    """Its code is typed and formatted, the schema is unchanged, and the server starts."""
    alone = replace(project, folder=tmp_path / "alone")
    answers = {"stack": project.stack, "social_providers": [name]}
    workshop.render(answers, alone.folder, workshop.settings() | {"DATABASE_URL": project.url})
    run_node(alone.folder, "node_modules/typescript/bin/tsc", "--noEmit")
    run_node(alone.folder, "node_modules/prettier/bin/prettier.cjs", "--check", ".")
    schema = alone.folder / "prisma" / "schema.prisma"
    before = schema.read_text()
    auth = AUTH[project.stack]
    config = ["--yes", "--config", auth, "--output", "prisma/schema.prisma"]
    output = run_node(alone.folder, "node_modules/auth/dist/index.mjs", "generate", *config)
    assert "already up to date" in output and schema.read_text() == before
    with alone.serving(**dummy_keys([name])) as shop:
        sends_people_to_its_page(shop, name)
        assert "are off" not in shop.log.read_text()


def test_incomplete_keys_are_an_error(project: Project) -> None:
    """The auth server does not start, and FastAPI reports its reason."""
    key, secret = project.providers["github"].settings
    sentence = f"Set {key} as well as {secret} of the environment, or neither."
    server = "auth/server.ts" if project.stack == "python" else "src/server.ts"
    done = subprocess.run(
        [SERVE["typescript"][0], server],
        cwd=project.folder,
        env=environment(**{secret: "hush"}, PORT=str(free_port())),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert (done.returncode, unwrapped(done.stderr)) == (1, f"{sentence}\n")
    if project.stack == "python":
        with project.serving(**{secret: "hush"}) as shop:
            answer = shop.browser().post("/sign-in/social", json={"provider": "github"})
            assert answer.status_code == 503 and sentence in unwrapped(answer.text)
            assert "hush" not in answer.text + shop.log.read_text()


def test_no_secret_is_logged(project: Project, shop: Shop, provider: Provider) -> None:
    """Not even if the provider refuses it."""
    visitor = shop.browser()
    provider.client_secret, ours = "another", provider.client_secret
    try:
        landed = sign_in(visitor, provider, Person(visitor.email))
    finally:
        provider.client_secret = ours
    assert landed == "/error?error=invalid_code"
    assert ours not in shop.log.read_text()


def test_an_unreachable_provider_shows_an_error_page(
    project: Project, shop: Shop, provider: Provider
) -> None:
    visitor = shop.browser()
    back = provider.agree(ask(visitor, provider), Person(visitor.email))
    host = project.internet.services[provider.hosts[0]]
    with project.internet.answers(host, None):
        assert "error=" in lands(visitor, provider, back)
    assert visitor.user() is None
