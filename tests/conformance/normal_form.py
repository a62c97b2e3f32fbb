"""Normalizes responses and rows, so that those of two servers can be compared.

Replaces each random value by the place of its first occurrence, so that repetitions of it are
compared. Replaces each date by its distance from now.
"""

from __future__ import annotations

import base64
import json
import re
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
#: The format of `Date.prototype.toISOString`.
_ISO_OF_JAVASCRIPT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_WORD = re.compile(r"[A-Za-z0-9_-]{16,}")
#: A user code in a link.
_USER_CODE = re.compile(r"(?<=user_code=)[A-Z0-9]{8}")
#: A public key of a passkey (COSE, in base64).
_PUBLIC_KEY = re.compile(r"pQEC[\w+/]{80,}=*")
#: The signature that the provider adds to the query of an authorization request.
_SIGNED_QUERY = re.compile(r"\b(ba_iat|exp|sig)=[^&\s]+")
#: A secret of one-time passwords (base32).
_SECRET = re.compile(r"[A-Z2-7]{52}")
#: A URL's query.
_QUERY = re.compile(r"(?<=\?)[^\s?#]+")
#: An API key, its visible start, or its hash.
_LETTERS_OF_KEY = re.compile(r"[A-Za-z]{64}$|[A-Za-z]{6}$|^[\w-]{43}$")
_CODE = re.compile(r"\d{4,8}|[A-Za-z0-9]{5}-[A-Za-z0-9]{5}|[A-Z0-9]{8}|[A-Z0-9]{4}-[A-Z0-9]{4}")
#: A signed session token, as cookies and bearer tokens contain it.
_SIGNED = re.compile(r"\b(\w{32})\.([\w+/-]{43}=|(?:[\w-]|%2B|%2F){43}%3D)")
#: A stored code and its number of attempts.
_COUNTED_CODE = re.compile(r"(\d{6}):(\d+)")
_MULTI_SESSION = re.compile(r"_multi-\w{32}")
_SECONDS = range(10**9, 10**10)
_MILLISECONDS = range(10**12, 10**13)


class NormalForm:
    """Normalizes the values of one flow on one server."""

    def __init__(self, replacements: dict[str, str]) -> None:
        self._replacements: dict[str, str] = {}
        self._met: dict[str, str] = {}
        for text, name in replacements.items():
            self.replace(text, name)

    def replace(self, text: str, name: str) -> None:
        """Replaces ``text``, also in percent-encoding, by ``{name}`` from now on."""
        for spelling in (text, quote(text, safe=""), quote(text)):
            self._replacements[spelling] = f"{{{name}}}"

    def of(self, value: Any, place: str) -> Any:
        """The normal form of a JSON value at a place."""
        if isinstance(value, dict):
            return {
                self._replace(str(name)): self.of(value[name], f"{place}.{name}")
                for name in sorted(value)
            }
        if isinstance(value, list):
            return [self.of(entry, f"{place}[{index}]") for index, entry in enumerate(value)]
        if isinstance(value, str):
            return self._text(value, place)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if place.endswith(".tryAgainIn"):
                return f"{round(value / 60_000)} min"
            if int(value) in _SECONDS:
                return _distance(value)
            if int(value) in _MILLISECONDS:
                return _distance(value / 1000) + " in ms"
        return value

    def _text(self, text: str, place: str) -> Any:
        if _ISO.fullmatch(text):
            return self._moment(text, place)
        if text[:1] in ("{", "[") and text[-1:] in ("}", "]"):
            try:
                return {"json": self.of(json.loads(text), place)}
            except ValueError:
                pass
        text = self._replace(text)
        if place.endswith((".key", ".start")):
            return _LETTERS_OF_KEY.sub(lambda found: self._name(found[0], place), text)
        if text.upper() != text and text.upper() in self._met:
            return f"{self._met[text.upper()]} in lower case"
        if _PUBLIC_KEY.fullmatch(text):
            return self._met.setdefault(text, f"{{{place}, a public key}}")
        if _JWT.fullmatch(text):
            return {"jwt": self._jwt(text, place)}
        text = _SIGNED_QUERY.sub(r"\1={new}", text)
        text = _QUERY.sub(_in_order, _USER_CODE.sub("{a code}", text))
        if _CODE.fullmatch(text) and text not in ("00000000",):
            return self._met.setdefault(text, f"{{{place}, a code of {len(text)}}}")
        if counted := _COUNTED_CODE.fullmatch(text):
            return f"{self._text(counted[1], place)}:{counted[2]}"
        text = _MULTI_SESSION.sub("_multi-{token}", _SIGNED.sub(_signed, text))
        return self._words(
            _JWT.sub(lambda found: f"JWT{json.dumps(self._jwt(found[0], place))}", text), place
        )

    def _name(self, text: str, place: str) -> str:
        return self._met.setdefault(text, f"{{{place}}}")

    def _replace(self, text: str) -> str:
        for spelling, name in self._replacements.items():
            text = text.replace(spelling, name)
        return text

    def _words(self, text: str, place: str) -> str:
        def name(found: re.Match[str]) -> str:
            word = found[0]
            if not _is_random(word):
                return word
            return self._met.setdefault(word, f"{{{place}, {len(word)} long}}")

        return _WORD.sub(name, text)

    def _jwt(self, token: str, place: str) -> dict[str, Any]:
        header, claims = (self.of(_from_base64(part), place) for part in token.split(".")[:2])
        return {"header": header, "claims": claims}

    def _moment(self, text: str, place: str) -> str:
        moment = datetime.fromisoformat(
            re.sub(r"\.(\d+)", _microseconds, text.replace("Z", "+00:00"))
        )
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        form = "" if ".row." in place or _ISO_OF_JAVASCRIPT.fullmatch(text) else " in an odd form"
        return _distance(moment.timestamp()) + form


def _signed(found: re.Match[str]) -> str:
    return f"{found[1]}.signature{' in percent-encoding' if '%' in found[2] else ''}"


def _in_order(query: re.Match[str]) -> str:
    return "&".join(sorted(query[0].split("&")))


def _microseconds(found: re.Match[str]) -> str:
    return f".{found[1]:0<6.6}"


def _distance(moment: float) -> str:
    """The distance in minutes, coarse enough for slow requests."""
    return f"{{now {round((moment - time.time()) / 60):+d} min}}"


def _from_base64(part: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return "not JSON"


def _is_random(word: str) -> bool:
    has = [any(map(kind, word)) for kind in (str.islower, str.isupper, str.isdigit)]
    if sum(has) == 2 and len(word) >= 24:
        return "_" not in word or (has[0] and has[1])
    is_key = (len(word) == 32 and word.isalpha()) or bool(_SECRET.fullmatch(word))
    return sum(has) == 3 or is_key


def cookies(headers: list[str], form: NormalForm) -> dict[str, list[str]]:
    """Set-Cookie headers by name: whether the value is empty, and the attributes."""
    found: dict[str, list[str]] = {}
    for header in headers:
        pair, *attributes = header.split(";")
        name, _, value = pair.partition("=")
        pairs = [attribute.strip().partition("=") for attribute in attributes]
        settings = sorted(f"{key.lower()}{equals}{setting}" for key, equals, setting in pairs)
        shown = ["a value" if unquote(value) else "no value", *settings]
        found.setdefault(form.of(name, "cookie"), []).append("; ".join(shown))
    return found
