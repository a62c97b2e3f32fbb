"""The guard refuses requests that would fail with 500, and responses reveal no users."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.project.typescript import Browser, Server, promote, run_node

pytestmark = pytest.mark.e2e

REFUSED: list[dict[str, Any]] = [
    {"sortBy": "nonsense"},
    {"filterField": "__proto__", "filterValue": "a"},
    {"filterField": "createdAt", "filterValue": "yesterday"},
    {"filterField": "createdAt", "filterValue": "2020-01-01", "filterOperator": "gt"},
    {"filterField": "createdAt", "filterValue": "2020", "filterOperator": "contains"},
    {"filterField": "role", "filterValue": "x", "filterOperator": "in"},
    {"limit": "-1"},
    {"limit": "99999999999999999999"},
    {"offset": "-1"},
    {"offset": "x"},
]
ANSWERED: list[dict[str, Any]] = [
    {"sortBy": "createdAt", "sortDirection": "desc", "limit": "1", "offset": "0"},
    {"filterField": "id", "filterValue": "a", "filterOperator": "ne"},
    {"filterField": "createdAt", "filterValue": "2020-01-01T00:00:00Z", "filterOperator": "gt"},
    {"filterField": "role", "filterValue": "own", "filterOperator": "contains"},
    {"filterField": "role", "filterValue": ["owner", "admin"], "filterOperator": "in"},
]


def test_lists_are_sorted_and_filtered_by_their_columns_only(
    project: Path, browser: Browser
) -> None:
    browser.sign_up()
    promote(project, browser.email)
    slug = secrets.token_hex(6)
    browser.do("/organization/create", name="Company", slug=slug)
    for path in ("/organization/list-members", "/admin/list-users"):
        for query in REFUSED:
            response = browser.get(f"{path}?{urlencode(query, doseq=True)}")
            assert response.status_code == 400, (path, query, response.text)
            assert response.json()["message"].startswith(tuple(query)), response.text
        for query in ANSWERED:
            response = browser.get(f"{path}?{urlencode(query, doseq=True)}")
            assert response.status_code == 200, (path, query, response.text)
    banned = {"filterField": "banned", "filterValue": "true"}
    assert browser.get("/admin/list-users", params=banned).status_code == 200
    assert browser.get(
        "/admin/list-users", params=banned | {"filterOperator": "gt"}
    ).is_client_error


def test_large_and_deep_bodies_and_nul_are_refused(browser: Browser) -> None:
    browser.sign_up()
    headers = {"Content-Type": "application/json"}

    def status(body: bytes | Iterator[bytes]) -> int:
        return browser.post("/update-user", content=body, headers=headers).status_code

    # Without Content-Length, the server must count.
    assert status(b"a" * 2**16 for _ in range(17)) == 413
    assert status(iter((b'{"name": ', b'"Ada"}'))) == 200
    assert status(b'{"name": ' + b"[" * 40_000 + b"]" * 40_000 + b"}") == 400
    assert status(json.dumps({"name": "[{" * 200}).encode()) == 200
    assert status(json.dumps({"name": "A\0"}).encode()) == 400
    assert status(json.dumps({"name": r"100%00 \u0000"}).encode()) == 200
    assert browser.get("/get-session?a=%00").status_code == 400
    headers = {"Content-Type": "Application/JSON"}
    assert status(json.dumps({"name": "A\0"}).encode()) == 400
    assert status(b'{"name": ' + b"[" * 40_000 + b"]" * 40_000 + b"}") == 400
    # better-auth takes it for a form, whatever its parameters are.
    headers = {"Content-Type": "application/x-www-form-urlencoded; of=json"}
    form = "name=A%00&email=nul@example.com&password=correct+horse"
    answer = browser.post("/sign-up/email", content=form, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"message": NUL})


@pytest.mark.parametrize(
    "path", ["/..//", "/.//", "/x/..//", "/%2e%2e//", "/x/%2E.//", "/..\\/", "/..//\\"]
)
def test_no_relative_address_leads_to_another_host(browser: Browser, path: str) -> None:
    query = {"token": "unknown", "callbackURL": f"{path}evil.example"}
    answer = browser.get("/verify-email", params=query)
    assert not answer.headers.get("location", "").startswith(("//", "/\\")), answer.headers
    assert answer.status_code == 403


NUL = "NUL characters are not accepted."

COUNT = """
import { createRequire, syncBuiltinESMExports } from "node:module";
const crypto = createRequire(import.meta.url)("node:crypto");
const { scrypt } = crypto;
let hashes = 0;
crypto.scrypt = (...values) => (hashes++, scrypt(...values));
syncBuiltinESMExports();
const { auth } = await import("./src/lib/auth.ts");
const { prisma } = await import("./src/lib/prisma.ts");
const { guard } = await import("./packages/better-auth-guard/index.mjs");
const counts = [];
for (const argument of process.argv.slice(1)) {
  hashes = 0;
  const [way, whom] = JSON.parse(argument);
  const url = `http://localhost:3000/api/auth/sign-in/${way}`;
  const body = JSON.stringify({ ...whom, password: "not the password" });
  const headers = { "content-type": "application/json" };
  const response = await guard(auth)(new Request(url, { method: "POST", headers, body }));
  counts.push([response.status, (await response.json()).code, hashes]);
}
console.log(JSON.stringify(counts));
await prisma.$disconnect();
"""


def test_a_sign_in_costs_one_hash_for_unknown_users_too(project: Path, server: Server) -> None:
    def without_password() -> tuple[str, str]:
        """The user name and address of a user whose password a magic link has removed."""
        browser, name = server.browser(), f"bob{secrets.token_hex(6)}"
        browser.sign_up(username=name)
        browser.do("/sign-in/magic-link", email=browser.email)
        browser.get(browser.message(browser.email, "sign-in"))
        return name, browser.email

    def verified(browser: Browser, **more: bool) -> str:
        number = f"+49{secrets.randbelow(10**10):010}"
        browser.do("/phone-number/send-otp", phoneNumber=number)
        code = browser.message(number, "Text message")
        browser.do("/phone-number/verify", phoneNumber=number, code=code, **more)
        return number

    with_password = server.browser()
    name = f"ada{secrets.token_hex(6)}"
    with_password.sign_up(username=name)
    numbers = [
        verified(with_password, updatePhoneNumber=True),
        verified(server.browser()),  # user without a password
        f"+1{secrets.randbelow(10**10):010}",  # unknown number
    ]
    tries = [("phone-number", {"phoneNumber": number}) for number in numbers]
    bare_name, bare_email = without_password()
    tries += [("username", {"username": one}) for one in (name, bare_name, f"eve{name}")]
    emails = (with_password.email, bare_email, f"eve{name}@x.example")
    tries += [("email", {"email": one}) for one in emails]
    printed = run_node(
        project, "--input-type=module", "--eval", COUNT, *(json.dumps(one) for one in tries)
    )
    answers = [
        [way, *answer]
        for (way, _), answer in zip(tries, json.loads(printed.splitlines()[-1]), strict=True)
    ]
    assert answers == [
        *[["phone-number", 401, "INVALID_PHONE_NUMBER_OR_PASSWORD", 1]] * 3,
        *[["username", 401, "INVALID_USERNAME_OR_PASSWORD", 1]] * 3,
        *[["email", 401, "INVALID_EMAIL_OR_PASSWORD", 1]] * 3,
    ]


SLOW = """
import { mock } from "node:test";
import { bodyTimeout, guard } from "./packages/better-auth-guard/index.mjs";
mock.timers.enable({ apis: ["setTimeout"] });
const body = new ReadableStream({ start: (it) => it.enqueue(new TextEncoder().encode("{")) });
const options = { method: "POST", body, duplex: "half" };
const request = new Request("http://localhost/api/auth/x", options);
const answer = guard({ handler: () => new Response("handled") })(request);
setImmediate(() => mock.timers.tick(bodyTimeout));
console.log((await answer).status);
"""


def test_a_body_that_does_not_arrive_times_out(project: Path) -> None:
    assert run_node(project, "--input-type=module", "--eval", SLOW).strip() == "408"
