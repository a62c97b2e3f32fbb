"""One run of a flow against one server: its browsers and their responses."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.conformance.changes import LATEST, NEWER, Change, net_changes
from tests.conformance.normal_form import NormalForm, cookies
from tests.conformance.servers import Database, Server
from tests.waiting import wait_for

PASSWORD = "correct horse battery"

#: Response headers that clients of better-auth read.
_HEADERS = ["www-authenticate", "set-auth-token", "set-auth-jwt", "x-retry-after"]


@dataclass
class Exchange:
    """A request by name, and its response in normal form."""

    name: str
    status: int
    answer: dict[str, Any]
    #: For concurrent requests: how many may succeed.
    winners: int | None = None

    @property
    def successes(self) -> int:
        """The number of successful responses."""
        return sum(answer["status"] < 400 for answer in self._answers)

    @property
    def signs_in(self) -> bool:
        """Whether a response sets a session cookie."""
        cookies = [answer["cookies"] for answer in self._answers]
        return any("a value" in str(each.get("better-auth.session_token")) for each in cookies)

    @property
    def _answers(self) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = self.answer.get("answers", [self.answer])
        return answers


class World:
    """The argument of a flow. Its names and addresses are unique to the run."""

    def __init__(self, server: Server, database: Database, transport: httpx.BaseTransport) -> None:
        self.server, self.database, self.transport = server, database, transport
        self.tag = str(10**7 + secrets.randbelow(9 * 10**7))
        self.form = NormalForm(
            {server.address: "origin", server.host: "host", self.tag: "tag"},
        )
        self.exchanges: list[Exchange] = []
        self._read: set[str] = set()
        self._mark: int = database.fetch(LATEST)[0]["number"]

    def browser(self, name: str = "ada") -> Browser:
        """A browser without a session."""
        return Browser(self, name)

    def signed_up(self, name: str = "ada", **more: Any) -> Browser:
        """A browser that has just signed up."""
        browser = self.browser(name)
        browser.sign_up(**more)
        return browser

    def admin(self, name: str = "boss") -> Browser:
        """A browser of an admin."""
        browser = self.signed_up(name)
        self.change('UPDATE "user" SET role = $1 WHERE email = $2', "admin", browser.email)
        return browser

    def change(self, sql: str, *arguments: object) -> None:
        """Executes a statement in the server's database."""
        self.database.execute(sql, *arguments)

    def message(self, to: str, kind: str) -> str:
        """The link or code of the outbox message of a kind to an address.

        Returns no message twice, and waits for the next one, which may be written after the
        response. Flows read each message, so that none is taken for a later one.
        """

        def unread() -> list[Any]:
            rows = self.database.fetch(_MESSAGES, to, kind)
            return [row for row in rows if row["id"] not in self._read]

        found = wait_for(unread, f"no other {kind} message to {to}")
        assert len(found) == 1, f"{len(found)} unread {kind} messages to {to}"
        self._read.add(found[0]["id"])
        data = json.loads(found[0]["data"])
        return str(data.get("url") or data["code"])

    def note(
        self, name: str, answers: Sequence[httpx.Response], winners: int | None = None
    ) -> None:
        """Records a request or several concurrent ones, with responses and changed rows."""
        place = f"{len(self.exchanges) + 1}"
        noted = [self._normal(answer, place) for answer in answers]
        noted.sort(key=lambda entry: json.dumps(entry, sort_keys=True))
        answer: dict[str, Any] = noted[0] if len(noted) == 1 else {"answers": noted}
        answer["rows"] = self._rows(place)
        status = max(answer.status_code for answer in answers)
        name = name.replace(self.tag, "{tag}")
        self.exchanges.append(Exchange(f"{place} {name}", status, answer, winners))

    def observe(self, name: str, value: Any) -> None:
        """Records a value that is not part of a response."""
        place = f"{len(self.exchanges) + 1}"
        seen = {"answers": [], "seen": self.form.of(value, place)}
        self.exchanges.append(Exchange(f"{place} {name}", 0, seen))

    def _normal(self, answer: httpx.Response, place: str) -> dict[str, Any]:
        # `Location` has a meaning only in a redirect (RFC 9110).
        names = [*(["location"] if answer.has_redirect_location else []), *_HEADERS]
        headers = {
            name: self.form.of(answer.headers[name], f"{place}.{name}")
            for name in names
            if name in answer.headers
        }
        # Clients ignore the body of a redirect.
        kind = answer.headers.get("content-type") if answer.content else None
        try:
            body = answer.json() if answer.content else None
        except ValueError:
            body = answer.text
        shown = self.form.of(body, place)
        if "sortBy" not in answer.request.url.params:
            shown = _as_set(shown)
        return {
            "status": answer.status_code,
            "type": kind.partition(";")[0] if kind else None,
            "headers": headers,
            "cookies": cookies(answer.headers.get_list("set-cookie"), self.form),
            "body": shown,
        }

    def _rows(self, place: str) -> dict[str, Any]:
        noted = self.database.fetch(NEWER, self.server.name, self._mark)
        if noted:
            self._mark = noted[-1]["number"]
        rows: dict[str, Any] = {}
        changes = [change for change in net_changes(noted) if not _is_tidying(change)]
        for change in sorted(changes, key=lambda change: (change.model, change.kind)):
            key = f"{change.model} {change.kind}"
            normal = self.form.of(change.columns, f"{place}.row.{key}")
            rows.setdefault(key, []).append(normal)
        for entries in rows.values():
            entries.sort(key=lambda entry: json.dumps(entry, sort_keys=True))
        return rows


def _is_tidying(change: Change) -> bool:
    """Whether a change is the deletion of expired rows, possibly of other flows."""
    if change.model not in ("apikey", "verification") or change.kind != "deleted":
        return False
    now = datetime.now(UTC).isoformat()
    return change.columns["expiresAt"] is not None and change.columns["expiresAt"] < now


def _as_set(body: Any) -> Any:
    """Sorts a list whose order the database does not define."""
    if isinstance(body, dict):
        return {name: _as_set(value) for name, value in body.items()}
    if isinstance(body, list) and all(isinstance(row, dict) for row in body):
        return sorted(map(_as_set, body), key=lambda row: json.dumps(row, sort_keys=True))
    return body


class Browser:
    """A client with cookies; each request has its own address, because of rate limits."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.email = f"{name}{world.tag}@example.com"
        self.password = PASSWORD
        self.headers: dict[str, str] = {"Origin": world.server.address}
        self.address: str | None = None
        self.user_id = ""
        self.http = httpx.Client(
            base_url=f"{world.server.address}/api/auth",
            transport=world.transport,
            headers={"User-Agent": "conformance"},
        )

    # --- requests -------------------------------------------------------------------------

    def request(self, method: str, path: str, *, name: str = "", **options: Any) -> httpx.Response:
        """Sends a request, and records it."""
        answer = self.send(method, path, **options)
        self.world.note(name or f"{method} {path.partition('?')[0]}", [answer])
        return answer

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.request("GET", path, params=query)

    def post(self, path: str, /, **body: Any) -> httpx.Response:
        return self.request("POST", path, json=body)

    def race(
        self,
        method: str,
        path: str,
        bodies: Sequence[dict[str, Any]],
        *,
        name: str = "",
        forms: bool = False,
        headers: dict[str, str] | None = None,
        then: Sequence[dict[str, Any]] = (),
        winners: int = 1,
    ) -> None:
        """Sends several requests concurrently, and ``then`` others one by one.

        ``winners`` is how many may succeed.
        """
        kind = "data" if forms else "json"

        def send(body: dict[str, Any]) -> httpx.Response:
            options = {kind: body} if method == "POST" else {}
            return self.send(method, path, headers=headers or {}, **options)

        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(send, bodies))
        answers += map(send, then)
        self.world.note(f"{name or f'{method} {path}'} at a time", answers, winners)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Sends a request without recording it."""
        given = options.pop("headers", {})
        headers = given if isinstance(given, list) else list(given.items())
        named = {name.lower() if isinstance(name, str) else name for name, _ in headers}
        defaults = {"X-Forwarded-For": self._address(), **self.headers}
        headers += [(name, value) for name, value in defaults.items() if name.lower() not in named]
        headers = [(name, value) for name, value in headers if value is not None]
        return self.http.request(method, path, headers=headers, **options)

    def _address(self) -> str:
        address = self.address or ".".join(str(1 + secrets.randbelow(223)) for _ in range(4))
        self.world.form.replace(address, "address")
        return address

    # --- what a user does -----------------------------------------------------------------

    def sign_up(self, **more: Any) -> httpx.Response:
        body = {"name": self.name, "email": self.email, "password": self.password, **more}
        answer = self.post("/sign-up/email", **body)
        if answer.is_success:
            self.user_id = answer.json()["user"]["id"]
        return answer

    def sign_in(self, **more: Any) -> httpx.Response:
        return self.post(
            "/sign-in/email", **{"email": self.email, "password": self.password, **more}
        )

    def session(self) -> Any:
        """Reads and records the session."""
        return self.get("/get-session").json()

    def message(self, kind: str) -> str:
        """The link or code of the next mail of a kind to this user."""
        return self.world.message(self.email, kind)

    def follow(self, link: str) -> httpx.Response:
        """Opens a link."""
        return self.request("GET", link, name="GET the link")

    def cookie(self, name: str = "better-auth.session_token") -> str:
        """The raw value of a cookie."""
        return next((each.value or "" for each in self.http.cookies.jar if each.name == name), "")

    def forget(self) -> None:
        """Deletes all cookies."""
        self.http.cookies.clear()


_MESSAGES = 'SELECT id, data FROM "outboxMessage" WHERE recipient = $1 AND kind = $2'

Flow = Callable[[World], None]


@contextmanager
def worlds(*servers: Server) -> Iterator[list[World]]:
    """A world on each server for the same flow."""
    databases = [Database(server.database_url) for server in servers]
    transports = [httpx.HTTPTransport(verify=False) for _ in servers]
    try:
        yield [World(*each) for each in zip(servers, databases, transports, strict=True)]
    finally:
        for database in databases:
            database.close()
        for transport in transports:
            transport.close()
