"""Valid and invalid cookies and tokens of every kind."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from better_auth_sidecar.cookies import sign, signed_cookie

from tests.sidecar.session_world import Visitor

Headers = list[tuple[str, str | bytes]]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PREFIXES = ("", "__Secure-", "__Host-")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass(frozen=True)
class Case:
    """A request's credentials, and the rows in the database."""

    name: str
    headers: Callable[[Visitor], Headers]
    #: Columns of user and session; durations are relative to now.
    user: Mapping[str, Any] = field(default_factory=dict)
    session: Mapping[str, Any] = field(default_factory=dict)
    #: Whether the session's row is deleted.
    is_deleted: bool = False

    @property
    def changes_rows(self) -> bool:
        return bool(self.user or self.session or self.is_deleted)

    def columns(self, table: str) -> dict[str, Any]:
        now = datetime.now(UTC)
        values = {"user": self.user, "session": self.session}[table]
        return {k: now + v if isinstance(v, timedelta) else v for k, v in values.items()}


def cases() -> Iterator[Case]:
    """The cases for every configuration."""
    for name, lines in _COMPANY.items():
        yield Case(f"company: {name}", _of_lines(lines))
    for name in _forgeries("x" * 32, "secret"):
        yield Case(f"forged: {name}", _forged(name))
        yield Case(f"forged, then valid: {name}", _forged(name, then_valid=True))
    for prefix in PREFIXES:
        yield Case(f"name: {prefix or 'no prefix'}", _named(prefix))
    for ending in (".0", "s", "_", "%20"):
        yield Case(f"name: with {ending}", _of_lines(["{name}" + ending + "={cookie}"]))
    yield Case("name: upper case", lambda v: [("cookie", f"{v.name.upper()}={v.cookie}")])
    for banned, end in [(None, None), (False, HOUR), (True, None), (True, HOUR), (True, -HOUR)]:
        yield Case(f"ban: {banned}, {end}", _plain, user={"banned": banned, "banExpires": end})
    for left in (-DAY, -timedelta(seconds=1), timedelta(minutes=10), HOUR, 6.5 * DAY, 30 * DAY):
        yield Case(f"expires in {left}", _plain, session={"expiresAt": left})
        yield Case(f"expires in {left}, as bearer", _bearer("{plain}"), session={"expiresAt": left})
        yield Case(
            f"expires in {left}, not remembered", _not_remembered, session={"expiresAt": left}
        )
    yield Case("impersonated", _plain, session={"impersonatedBy": "boss", "expiresAt": HOUR})
    yield Case("in an organization", _plain, session={"activeOrganizationId": "o1"})
    yield Case("signed out", _plain, is_deleted=True)
    yield Case("signed out, as bearer", _bearer("{plain}"), is_deleted=True)
    yield Case("nothing", lambda _: [])
    for name, value in _AUTHORIZATION.items():
        yield Case(f"authorization: {name}", _bearer(value))
        yield Case(f"authorization beside a cookie: {name}", _bearer(value, cookie="{cookie}"))
        yield Case(f"authorization beside a forged cookie: {name}", _bearer(value, cookie="x.y"))
    yield Case("x-api-key", lambda _: [("x-api-key", "nobody's key")])
    yield Case("x-api-key and a cookie", lambda v: [*_plain(v), ("x-api-key", "nobody's key")])


#: Values of ``Cookie`` that contain a valid cookie.
_COMPANY: dict[str, list[str]] = {
    "encoded": ["{name}={cookie}"],
    "not encoded": ["{name}={plain}"],
    "quoted": ['{name}="{cookie}"'],
    "quoted, not encoded": ['{name}="{plain}"'],
    "blanks": [' {name} = "{cookie}" ; a=b'],
    "tabs": ["a=b;\t{name}\t=\t{cookie}\t"],
    "no blank between": ["a=b;{name}={cookie};c=d"],
    "a semicolon at the end": ["{name}={cookie};"],
    "lower-case escapes": ["{name}={lower}"],
    "all escaped": ["{name}={escaped}"],
    "the second line": ["a=1", "{name}={cookie}", "b=2"],
    "the last line": ["a=1", "b=2", "{name}={cookie}"],
    "the first one counts": ["a=1; {name}={cookie}; {name}=forged.signature"],
    "the first line counts": ["{name}={cookie}", "{name}=forged.signature"],
    "twice the same": ["{name}={cookie}; {name}={cookie}"],
    "an empty one first": ["{name}=; {name}={cookie}"],
    "an empty, quoted one first": ['{name}=""; {name}={cookie}'],
    "without a value first": ["{name}; {name}={cookie}"],
    "JSON beside": ['a={{"x":1}}; {name}={cookie}'],
    "no equals, and others": ["noequals; ;; =; a@b=1; {name}={cookie}"],
    "latin-1 beside": ["é=ü; {name}={cookie}"],
    "half an escape beside": ["a=%4; b=%; {name}={cookie}"],
    "an open quote beside": ['a="b; {name}={cookie}'],
    "a quote in front": ['a="; {name}={cookie}; b="'],
    "similar names": ["{name}s=x; x{name}=x; {name}={cookie}"],
    "in another's value": ["a={name}={cookie}"],
    "after another equals": ["a=b=c; {name}={cookie}"],
    "an equals at the end": ["{name}={cookie}="],
    "a comma instead of a semicolon": ["a=b, {name}={cookie}"],
    "a comma after it": ["{name}={cookie}, a=b"],
    "many": [*["a=b"] * 400, "{name}={cookie}"],
    "oversized beside": ["big=" + "x" * 20_000 + "; {name}={cookie}"],
}

#: Values of ``Authorization``.
_AUTHORIZATION = {
    "signed": "Bearer {plain}",
    "signed and encoded": "Bearer {cookie}",
    "the bare token": "Bearer {token}",
    "lower case": "bearer {plain}",
    "upper case": "BEARER {plain}",
    "two blanks": "Bearer  {plain}",
    "no blank": "Bearer{plain}",
    "a tab": "Bearer\t{plain}",
    "nothing": "Bearer ",
    "no scheme": "{plain}",
    "basic": "Basic dXNlcjpwYXNzd29yZA==",
    "of nobody": "Bearer nobody",
    "a changed signature": "Bearer {changed}",
    "of another secret": "Bearer {foreign}",
    "a JWT": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "two": "Bearer {plain}, Bearer {plain}",
    "quoted": 'Bearer "{plain}"',
}


def _values(visitor: Visitor) -> dict[str, str]:
    plain = unquote(visitor.cookie)
    changed = ("A" if plain[-2] != "A" else "B").join([plain[:-10], plain[-9:]])
    return {
        "name": visitor.name,
        "cookie": visitor.cookie,
        "plain": plain,
        "token": visitor.token,
        "lower": quote(plain, safe="").replace("%2B", "%2b").replace("%2F", "%2f"),
        "escaped": "".join(f"%{ord(character):02X}" for character in plain),
        "changed": changed,
        "foreign": unquote(signed_cookie(visitor.token, "x" + visitor.secret)),
    }


def _of_lines(lines: list[str]) -> Callable[[Visitor], Headers]:
    def headers(visitor: Visitor) -> Headers:
        values = _values(visitor)
        return [("cookie", line.format(**values).encode("latin-1")) for line in lines]

    return headers


def _plain(visitor: Visitor) -> Headers:
    return [("cookie", f"{visitor.name}={visitor.cookie}")]


def _not_remembered(visitor: Visitor) -> Headers:
    name = visitor.name.replace("session_token", "dont_remember")
    more = f"{name}={signed_cookie('true', visitor.secret)}"
    return [("cookie", f"{visitor.name}={visitor.cookie}; {more}")]


def _named(prefix: str) -> Callable[[Visitor], Headers]:
    def headers(visitor: Visitor) -> Headers:
        bare = visitor.name.removeprefix("__Secure-")
        return [("cookie", f"{prefix}{bare}={visitor.cookie}")]

    return headers


def _bearer(authorization: str, cookie: str | None = None) -> Callable[[Visitor], Headers]:
    def headers(visitor: Visitor) -> Headers:
        values = _values(visitor)
        found: Headers = [("authorization", authorization.format(**values))]
        if cookie is not None:
            found.append(("cookie", f"{visitor.name}={cookie.format(**values)}"))
        return found

    return headers


def _forged(kind: str, *, then_valid: bool = False) -> Callable[[Visitor], Headers]:
    def headers(visitor: Visitor) -> Headers:
        line = f"{visitor.name}={_forgeries(visitor.token, visitor.secret)[kind]}"
        if then_valid:
            line += f"; {visitor.name}={visitor.cookie}"
        return [("cookie", line.encode())]

    return headers


def _forgeries(token: str, secret: str) -> dict[str, str]:
    """Cookie values with a missing, wrong or malformed signature."""
    signature = sign(token, secret)
    signed = f"{token}.{signature}"
    other = "A" if signature[0] != "A" else "B"
    return {
        "nothing": "",
        "blanks": "   ",
        "the bare token": token,
        "no signature": f"{token}.",
        "no token": f".{signature}",
        "a signature alone": signature,
        "another token": f"x{signed}",
        "a changed token": signed.replace(token, token.swapcase()),
        "a changed signature": f"{token}.{other}{signature[1:]}",
        "a cut signature": signed[:-2],
        "no padding": signed.rstrip("="),
        "more padding": signed + "=",
        "other bits of the last character": f"{token}.{_same_bytes(signature)}",
        "a signature in base64url": f"{token}.{signature.replace('+', '-').replace('/', '_')}-",
        "a signature in hexadecimal": f"{token}.{base64.b64decode(signature).hex()}",
        "a blank in the signature": f"{token}.{signature[:20]}%20{signature[20:]}",
        "of another secret": signed_cookie(token, "x" + secret),
        "of the empty secret": signed_cookie(token, ""),
        "signed twice": signed_cookie(signed, secret),
        "encoded twice": quote(quote(signed, safe=""), safe=""),
        "not ASCII": f"{token}.é{signature[1:]}",
        "not ASCII, encoded": f"%C3%A9.{signature}",
        "no UTF-8": f"%ff.{signature}",
        "half a surrogate": f"%ED%A0%80.{signature}",
        "a zero byte": f"{token}%00.{signature}",
        "half an escape": f"{token}.%4",
        "a quote": '"',
        "an open quote": f'"{signed}',
        "oversized": "x" * 12_000,
        "oversized and signed": signed_cookie("x" * 9000, secret),
        "signed, but of no session": signed_cookie("x" * 32, secret),
        "signed, of an empty token": signed_cookie("", secret),
    }


def _same_bytes(signature: str) -> str:
    """The signature with other values of base64's two unused bits."""
    index = _BASE64.index(signature[-2])
    return f"{signature[:-2]}{_BASE64[index ^ 1]}="


def dont_remember(secret: str) -> str:
    """The cookie of a session without "remember me"."""
    return f"better-auth.dont_remember={signed_cookie('true', secret)}"
