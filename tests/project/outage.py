"""Concurrent users during a database outage."""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Answer:
    """The result of a request, and its time."""

    name: str
    began: float
    ended: float
    status: int


@dataclass
class Person:
    """A user with a browser, and the writes that the application has acknowledged."""

    http: httpx.AsyncClient
    email: str
    name: str = "nobody"
    #: A name that was sent but not acknowledged, so it may be stored or not.
    doubtful: str | None = None


@dataclass
class Crowd:
    """Users who send requests concurrently, up to a total number."""

    address: str
    answers: list[Answer] = field(default_factory=list)
    signed_up: list[str] = field(default_factory=list)
    _waited_for: int = 0
    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _tag: str = field(default_factory=secrets.token_hex)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def person(self) -> Person:
        number = next(self._numbers)
        # The server trusts this header, so each user has their own address.
        headers = {
            "Origin": self.address,
            "X-Forwarded-For": f"198.51.{number // 250}.{1 + number % 250}",
        }
        # A connection for each request: servers close idle ones, perhaps as a late client uses one.
        limits = httpx.Limits(max_keepalive_connections=0)
        http = httpx.AsyncClient(base_url=self.address, headers=headers, limits=limits, timeout=300)
        return Person(http, f"{self._tag}{number}@example.com")

    @property
    def successes(self) -> int:
        return sum(answer.status == 200 for answer in self.answers)

    async def has_answers(self, number: int) -> None:
        """Waits for a number of responses."""
        self._waited_for = number
        await self._reached.wait()

    async def sign_up(self, person: Person) -> None:
        body = {"email": person.email, "password": PASSWORD, "name": person.name}
        answer = await self._send(person, "POST", "/api/auth/sign-up/email", body)
        if answer.status == 200:
            self.signed_up.append(person.email)

    async def use(self, person: Person, until: int) -> None:
        """Sends requests, mostly reads, until the crowd has had a number of successes."""
        chance = random.Random(person.email)
        for number in itertools.count():
            if self.successes >= until:
                return
            kind = chance.random()
            if kind < 0.03:
                stranger = self.person()
                await self.sign_up(stranger)
                await stranger.http.aclose()
            elif kind < 0.2:
                await self._rename(person, f"name {number}")
            else:
                path = chance.choice(["/", "/me", "/api/auth/get-session", "/api/auth/get-session"])
                await self._send(person, "GET", path)
            if self.answers[-1].status >= 500:
                await asyncio.sleep(0.2)

    async def _rename(self, person: Person, name: str) -> None:
        person.doubtful = name
        answer = await self._send(person, "POST", "/api/auth/update-user", {"name": name})
        if answer.status == 200:
            person.name, person.doubtful = name, None

    async def _send(
        self, person: Person, method: str, path: str, body: dict[str, str] | None = None
    ) -> Answer:
        began = time.monotonic()
        response = await person.http.request(method, path, json=body)
        answer = Answer(path, began, time.monotonic(), response.status_code)
        self.answers.append(answer)
        if len(self.answers) == self._waited_for:
            self._reached.set()
        return answer
