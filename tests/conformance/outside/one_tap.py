"""Sign-in with Google One Tap (`one-tap`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.conformance.internet import Answer
from tests.conformance.services import Services
from tests.conformance.services.google import CLIENT_ID
from tests.conformance.world import Browser, World

_Claims = tuple[dict[str, Any], ...]


def _taps(browser: Browser, token: object, **more: Any) -> None:
    browser.post("/one-tap/callback", idToken=token, **more)


def _token(world: World, services: Services, person: str = "ada", **more: Any) -> str:
    """An ID token of a user, whose Google id is derived from the name."""
    claims = {"sub": f"1{person.encode().hex()}{world.tag}", "email": world.browser(person).email}
    return services.google.id_token(**{**claims, **more})


def _verify(world: World, email: str) -> None:
    world.change('UPDATE "user" SET "emailVerified" = true WHERE email = $1', email)


def taps_for_the_first_time(world: World, services: Services) -> None:
    ada = world.browser()
    _taps(ada, _token(world, services), callbackURL="/home")
    ada.session()
    ada.get("/list-accounts")


def taps_again(world: World, services: Services) -> None:
    changes: _Claims = (
        {},
        {"name": "Countess Lovelace", "picture": None},
        {"email": "new@example.com"},
    )
    for claims in changes:
        ada = world.browser()
        _taps(ada, _token(world, services, **claims))
        ada.session()
        ada.get("/list-accounts")
        ada.post("/sign-out")
        ada.session()


def has_an_address_in_capital_letters(world: World, services: Services) -> None:
    ada = world.browser()
    _taps(ada, _token(world, services, email=ada.email.upper()))
    ada.session()


def has_a_password_account_with_the_same_address(world: World, services: Services) -> None:
    """An account is not linked until its address is verified on both sides."""
    for name, here, there in (
        ("ada", False, False),
        ("grace", False, True),
        ("hedy", True, False),
        ("katherine", True, True),
    ):
        owner = services.signed_up(world, name)
        if here:
            _verify(world, owner.email)
        visitor = world.browser(name)
        _taps(visitor, _token(world, services, name, email_verified=there))
        visitor.session()
        visitor.get("/list-accounts")


def has_the_address_of_another_user(world: World, services: Services) -> None:
    """The Google account's id identifies the user, not its current address."""
    bob = services.signed_up(world, "bob")
    _verify(world, bob.email)
    _taps(world.browser(), _token(world, services))
    visitor = world.browser()
    _taps(visitor, _token(world, services, email=bob.email))
    visitor.session()


def has_an_address_of_uncertain_verification(world: World, services: Services) -> None:
    """`email_verified` may have several types."""
    for number, verified in enumerate((False, "false", "true", "yes", 1, "", None)):
        visitor = world.browser(f"ada{'a' * number}")
        _taps(visitor, _token(world, services, visitor.name, email_verified=verified))
        visitor.session()


def sends_a_token_with_few_claims(world: World, services: Services) -> None:
    each: _Claims = (
        {"name": None},
        {"name": ""},
        {"name": 5},
        {"picture": 5},
        {"picture": ""},
        {"email": None},
        {"email": ""},
        {"email": 5},
        {"email": ["ada@example.com"]},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"sub": ["1"]},
    )
    for number, claims in enumerate(each):
        visitor = world.browser(f"ada{'a' * number}")
        _taps(visitor, _token(world, services, visitor.name, **claims))
        visitor.session()


def sends_a_token_that_is_not_for_this_application(world: World, services: Services) -> None:
    """For another client, from another issuer, or expired."""
    now = int(time.time())
    visitor = world.browser()
    wrong: _Claims = (
        {"aud": "another.apps.googleusercontent.com"},
        {"aud": None},
        {"aud": ""},
        {"aud": []},
        {"aud": ["another.apps.googleusercontent.com"]},
        {"aud": f"{CLIENT_ID}.evil"},
        {"aud": CLIENT_ID.upper()},
        {"aud": 5},
        {"iss": "https://accounts.google.com.evil.example"},
        {"iss": "http://accounts.google.com"},
        {"iss": "https://accounts.google.com/"},
        {"iss": None},
        {"iss": ""},
        {"exp": now - 1},
        {"exp": 0},
        {"exp": "never"},
        {"nbf": now + 600},
        {"nbf": "soon"},
        {"iat": now - 3700, "exp": now + 600},
        {"iat": now + 600},
        {"iat": None},
        {"iat": "now"},
        {"iat": str(now)},
        {"exp": str(now + 600)},
    )
    for claims in wrong:
        _taps(visitor, _token(world, services, **claims))
    visitor.session()


def sends_a_token_in_another_valid_form(world: World, services: Services) -> None:
    """Forms that Google's documentation allows."""
    now = int(time.time())
    forms: _Claims = (
        {"iss": "accounts.google.com"},
        {"aud": [CLIENT_ID, "another.apps.googleusercontent.com"]},
        {"azp": "another.apps.googleusercontent.com"},
        {"nbf": None, "jti": None},
        {"exp": None},
        {"exp": now + 600.5},
        {"iat": now - 1.5},
        {"kid": "second"},
        {"jti": 5},
    )
    for number, claims in enumerate(forms):
        visitor = world.browser(f"ada{'a' * number}")
        _taps(visitor, _token(world, services, visitor.name, **claims))
        visitor.session()


def forges_a_token(world: World, services: Services) -> None:
    good = _token(world, services)
    head, claims, signature = good.split(".")
    known = services.google.key("first").public_key()
    pem = known.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    mallory = services.google.public_key("mallory")
    visitor = world.browser()
    for token in (
        _token(world, services, signed_with="mallory"),
        _token(world, services, signed_with="second"),
        _token(world, services, kid="mallory"),
        f"{_coded({'alg': 'none', 'kid': 'first'})}.{claims}.",
        f"{_coded({'alg': 'None', 'kid': 'first'})}.{claims}.{signature}",
        f"{_coded({'kid': 'first'})}.{claims}.{signature}",
        f"{_coded({'alg': 5, 'kid': 'first'})}.{claims}.{signature}",
        f"{_coded({'alg': 'RS256', 'kid': 5})}.{claims}.{signature}",
        f"{_coded({'alg': 'RS256', 'kid': ''})}.{claims}.{signature}",
        f"{_coded({'alg': 'RS256', 'kid': None})}.{claims}.{signature}",
        f"{_coded({'alg': 'RS256', 'jwk': mallory})}.{claims}.{signature}",
        f"{_coded([])}.{claims}.{signature}",
        f"{head}.{claims}.{signature[:-4]}",
        f"{head}.{claims}.",
        f"{head}.{claims}",
        f"{head}.{_coded({'sub': '1'})}.{signature}",
        f"{head}..{signature}",
        f"{good}.{signature}",
        good.replace(".", ".."),
        _hashed(claims, pem),
        _hashed(claims, pem.strip()),
        _hashed(claims, b""),
        "..",
        "nonsense",
        "é.é.é",
        "\x00",
    ):
        _taps(visitor, token)
    visitor.session()


def sends_a_token_with_white_space(world: World, services: Services) -> None:
    good = _token(world, services)
    for token in (f" {good}", f"{good}\n"):
        _taps(world.browser(), token)


def _coded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _hashed(claims: str, secret: bytes) -> str:
    """A token signed by HMAC with the public key."""
    signed = f"{_coded({'alg': 'HS256', 'kid': 'first'})}.{claims}"
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def sends_no_token(world: World, services: Services) -> None:
    visitor = world.browser()
    none: list[Any] = [None, "", 5, True, [], {}, {"token": _token(world, services)}]
    for token in none:
        _taps(visitor, token)
    visitor.post("/one-tap/callback")
    visitor.get("/one-tap/callback", idToken=_token(world, services))


def sends_a_token_from_another_origin(world: World, services: Services) -> None:
    pages: _Claims = (
        {"callbackURL": "https://evil.example/home"},
        {"callbackURL": "//evil.example"},
        {"callbackURL": 5},
        {"callbackURL": ""},
        {"callbackURL": f"{world.server.address}/home"},
    )
    for number, more in enumerate(pages):
        visitor = world.browser(f"ada{'a' * number}")
        _taps(visitor, _token(world, services, visitor.name), **more)
        visitor.session()
    visitor = world.browser("eve")
    visitor.headers["Origin"] = "https://evil.example"
    _taps(visitor, _token(world, services, "eve"))
    visitor.headers["Cookie"] = "theme=dark"
    _taps(visitor, _token(world, services, "eve"))
    visitor.session()


def is_banned(world: World, services: Services) -> None:
    ada = world.browser()
    _taps(ada, _token(world, services))
    world.change('UPDATE "user" SET banned = true WHERE email = $1', ada.email)
    visitor = world.browser()
    _taps(visitor, _token(world, services))
    visitor.session()


def taps_twice_concurrently(world: World, services: Services) -> None:
    bodies = [{"idToken": _token(world, services)}] * 4
    _taps(world.browser(), bodies[0]["idToken"])
    world.browser().race("POST", "/one-tap/callback", bodies)


def signs_in_while_google_rotates_its_keys(world: World, services: Services) -> None:
    """A new key is fetched at once, also after a token with an unknown key id."""
    _taps(world.browser(), _token(world, services))
    _taps(world.browser("eve"), _token(world, services, "eve", kid="mallory"))
    services.google.kids = ["second", "third"]
    try:
        for kid in ("third", "second", "first"):
            visitor = world.browser()
            _taps(visitor, _token(world, services, kid=kid))
            visitor.session()
    finally:
        services.google.kids = ["first", "second"]


def gets_no_response_from_google(world: World, services: Services) -> None:
    """A token that cannot be verified is refused."""
    visitor = world.browser()
    services.google.kids.append("fourth")
    for answer in (
        None,
        Answer("", 503, "text/html"),
        Answer({"error": {"code": 503}}, 503),
        Answer({"keys": [services.google.public_key("fourth")]}, 503),
        Answer({"keys": [services.google.public_key("fourth")]}, 302),
        Answer("<html>", type="text/html"),
        Answer(""),
        Answer("{"),
        Answer(None),
        Answer([]),
        Answer([services.google.public_key("fourth")]),
        Answer(5),
        Answer({}),
        Answer({"keys": None}),
        Answer({"keys": {}}),
        Answer({"keys": "keys"}),
        Answer({"keys": []}),
        Answer({"keys": [None]}),
        Answer({"keys": ["fourth"]}),
    ):
        with services.internet.answers(services.google, answer):
            _taps(visitor, _token(world, services, kid="fourth"))
    visitor.session()
    _taps(visitor, _token(world, services, kid="fourth"))
    visitor.session()


def gets_an_invalid_key_from_google(world: World, services: Services) -> None:
    fifth = services.google.public_key("fifth")
    for key in (
        {"kid": "fifth"},
        {"kid": "fifth", "kty": "RSA"},
        {**fifth, "n": "é"},
        {**fifth, "n": 5},
        {**fifth, "kty": "oct", "k": "c2VjcmV0"},
        {**services.google.public_key("mallory"), "kid": "fifth"},
    ):
        services.google.kids = []
        _taps(world.browser(), _token(world, services, kid="nobody"))
        services.google.kids = ["first", "second"]
        with services.internet.answers(services.google, Answer({"keys": [key]})):
            _taps(world.browser(), _token(world, services, kid="fifth"))
