"""A world returns the messages that a flow caused, each once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer

import pytest

from tests.conformance.servers import Database, Server, Stacks
from tests.conformance.world import World, worlds

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def url(stacks: Stacks) -> str:
    return stacks.url(stacks.new_database("world"))


@pytest.fixture
def world(url: str, tmp_path: Path) -> Iterator[World]:
    """A world with a database, and no server at its address."""
    with worlds(Server("straight", "http://127.0.0.1:9", tmp_path / "log", url)) as [world]:
        yield world


def _write(url: str, to: str, kind: str, code: str) -> None:
    with closing(Database(url)) as database:
        database.execute(
            """INSERT INTO "outboxMessage" (id, kind, recipient, data, "expiresAt")
            VALUES ($1, $2, $3, $4, now() AT TIME ZONE 'UTC' + interval '1 h')""",
            *(secrets.token_hex(8), kind, to, f'{{"code": "{code}"}}'),
        )


@contextmanager
def _written_later(*message: str) -> Iterator[None]:
    """Writes a message in a second, meanwhile."""
    later = Timer(1, _write, message)
    later.start()
    try:
        yield
    finally:
        later.join()


def test_a_message_that_is_written_late_is_waited_for(world: World, url: str) -> None:
    ada = world.browser()
    _write(url, ada.email, "email-code", "111111")
    assert ada.message("email-code") == "111111"
    with _written_later(url, ada.email, "email-code", "222222"):
        assert ada.message("email-code") == "222222"


def test_a_message_of_another_kind_is_not_returned(world: World, url: str) -> None:
    ada = world.browser()
    _write(url, ada.email, "verify-email", "111111")
    with _written_later(url, ada.email, "reset-password", "222222"):
        assert ada.message("reset-password") == "222222"


def test_a_flow_has_to_read_each_message(world: World, url: str) -> None:
    ada = world.browser()
    for code in ("111111", "222222"):
        _write(url, ada.email, "email-code", code)
    with pytest.raises(AssertionError, match="2 unread email-code messages"):
        ada.message("email-code")
