"""Updates with users in the database: they stay, and can sign in."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from dotenv import dotenv_values

from hooks.demo import STACKS, run, serving
from hooks.node import environment
from tests.npm_packages import lend
from tests.project.projects import NO_AGENT
from tests.update.history import OLDEST, PRESENT, WITH_ISSUER
from tests.update.library import IN_RESERVED_PLACES, edits
from tests.update.project import Project, Projects
from tests.update.rows import Columns, Database

pytestmark = pytest.mark.e2e

PLUGINS = ["username", "admin", "organization", "jwt"]
ANSWERS: dict[str, Any] = {"plugins": PLUGINS, "plugin_options": ["organization-teams"]}
USERS = 1000
ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"}


class Shop:
    """A project after setup, and its database."""

    def __init__(self, stack: str, project: Project, provider: str) -> None:
        self.stack, self.project, self.provider = STACKS[stack], project, provider

    def set_up(self, *flags: str) -> subprocess.CompletedProcess[str]:
        npm = ["--"] if flags and self.stack.setup[-1] == "setup" else []
        return subprocess.run(
            [*self.stack.setup, *npm, *flags],
            cwd=self.project.folder,
            env=environment(**NO_AGENT),
            capture_output=True,
            text=True,
            timeout=600,
        )

    def refuses(self, tag: str) -> tuple[Columns, dict[str, tuple[int, str]]]:
        """Updates it to a release that setup must refuse without changes; returns the data."""
        columns = self.database.columns()
        before = self.database.checksums(columns)
        self.project.update(tag)
        assert self.set_up().returncode == 1
        assert self.database.columns() == columns
        assert self.database.checksums(columns) == before
        return columns, before

    @property
    def database(self) -> Database:
        url = dotenv_values(self.project.folder / ".env.local")["DATABASE_URL"]
        assert url
        return Database(url, self.project.folder)

    @contextmanager
    def browser(self) -> Iterator[httpx.Client]:
        """Runs the project's server; yields a browser."""
        with (
            serving(self.stack, self.project.folder) as address,
            httpx.Client(base_url=address, headers={"Origin": address}) as browser,
        ):
            yield browser

    def stop(self) -> None:
        if self.provider == "postgresql":
            run(self.stack.stop, self.project.folder)


def ask(browser: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    answer = browser.post(f"/api/auth{path}", json=body)
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return answer.json()


@pytest.fixture
def shop(request: pytest.FixtureRequest, projects: Projects, tmp_path: Path) -> Iterator[Shop]:
    """A project of an old release with a thousand users, some of whom have posts."""
    stack, tag, provider = request.param
    answers = {"stack": stack, "provider": provider, **ANSWERS}
    shop = Shop(stack, projects.committed(tag, answers, tmp_path / "shop"), provider)
    (posts,) = (edit for edit in edits(stack, IN_RESERVED_PLACES) if edit.name == "posts of users")
    posts.apply(shop.project.folder)
    shop.project.commit("Posts")
    lend(shop.project.folder)
    done = shop.set_up()
    assert done.returncode == 0, done.stdout + done.stderr
    shop.project.commit("Set up")
    shop.database.fill(USERS)
    yield shop
    shop.stop()


@pytest.mark.parametrize(
    "shop",
    [
        ("python", OLDEST, "postgresql"),
        pytest.param(("typescript", OLDEST, "postgresql"), marks=pytest.mark.exhaustive),
        pytest.param(("python", OLDEST, "sqlite"), marks=pytest.mark.exhaustive),
    ],
    indirect=True,
    ids="-".join,
)
def test_users_stay_and_sign_in_and_get_the_new_features(shop: Shop) -> None:
    with shop.browser() as browser:
        ask(browser, "/sign-up/email", {**ADA, "username": "ada"})
    columns = shop.database.columns()
    before = shop.database.checksums(columns)
    assert before["user"][0] == USERS + 1
    assert {"Post", "session", "account", "teamMember", "jwks"} <= before.keys()

    shop.project.update(PRESENT, plugins=[*PLUGINS, "two-factor"])
    done = shop.set_up()
    assert done.returncode == 0, done.stdout + done.stderr

    assert shop.database.checksums(columns) == before
    assert "membershipKey" in shop.database.columns()["teamMember"]
    with shop.browser() as browser:
        password = ADA["password"]
        ask(browser, "/sign-in/username", {"username": "ada", "password": password})
        enabled = ask(browser, "/two-factor/enable", {"password": password})
        assert enabled["totpURI"].startswith("otpauth://totp/")
        ask(browser, "/organization/create", {"name": "Acme", "slug": "acme"})


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "shop", [("typescript", OLDEST, "postgresql")], indirect=True, ids="-".join
)
def test_a_required_column_without_a_default_is_refused(shop: Shop) -> None:
    """better-auth 1.7.2 requires an issuer for each account."""
    shop.refuses(WITH_ISSUER)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "shop", [("typescript", WITH_ISSUER, "postgresql")], indirect=True, ids="-".join
)
def test_a_column_is_dropped_only_with_the_flag(shop: Shop) -> None:
    """better-auth 1.7.3 has no issuer any more."""
    columns, before = shop.refuses(PRESENT)
    result = shop.set_up("--accept-data-loss")
    assert result.returncode == 0, result.stdout + result.stderr
    columns["account"].remove("issuer")
    after = shop.database.checksums(columns)
    del after["account"], before["account"]
    assert after == before
