"""API keys: create, read, update, delete, rate limits."""

from typing import Any

from tests.conformance.world import Browser, World


def _made(browser: Browser, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = browser.post("/api-key/create", **more).json()
    return made


def _uses(browser: Browser, key: str) -> None:
    """Sends a request with an API key and no cookies."""
    browser.request("GET", "/get-session", headers={"x-api-key": key})


def creates_a_key(world: World) -> None:
    ada = world.signed_up()
    made = _made(ada)
    ada.get("/api-key/list")
    ada.get("/api-key/get", id=made["id"])
    _uses(world.browser("program"), made["key"])


def sends_a_key(world: World) -> None:
    ada, program = world.signed_up(), world.browser("program")
    made = _made(ada)
    _uses(program, made["key"])
    program.request("GET", "/api-key/list", headers={"x-api-key": made["key"]})
    ada.post("/api-key/update", keyId=made["id"], enabled=False)
    _uses(program, made["key"])
    ada.post("/api-key/update", keyId=made["id"], enabled=True)
    _uses(program, made["key"])
    ada.post("/api-key/delete", keyId=made["id"])
    _uses(program, made["key"])


def sends_a_key_too_often(world: World) -> None:
    made = _made(world.signed_up())
    for _ in range(12):
        _uses(world.browser("program"), made["key"])


def uses_all_requests_of_a_key(world: World) -> None:
    made = _made(world.signed_up())
    world.change("UPDATE apikey SET remaining = 2 WHERE id = $1", made["id"])
    for _ in range(4):
        _uses(world.browser("program"), made["key"])


def stores_metadata_with_a_key(world: World) -> None:
    ada = world.signed_up()
    made = _made(ada, metadata={"plan": "pro", "seats": [1, 2]})
    ada.get("/api-key/get", id=made["id"])
    ada.post("/api-key/update", keyId=made["id"], metadata={"plan": "free"})
    ada.post("/api-key/update", keyId=made["id"], metadata="text")
    _made(ada, metadata="text")
    _made(ada, metadata=5)
    _made(ada, metadata=[])
    _made(ada, metadata={})


def creates_a_key_with_options(world: World) -> None:
    ada = world.signed_up()
    _made(ada, name="Deployments", prefix="deploy_", expiresIn=86_400 * 2)
    _made(ada, expiresIn=None)
    _made(ada, prefix="with-dash")
    _made(ada, configId="default")
    ada.get("/api-key/list", sortBy="createdAt")


def cannot_create_a_key(world: World) -> None:
    ada = world.signed_up()
    bodies: list[dict[str, Any]] = [
        {"expiresIn": 1},
        {"expiresIn": -5},
        {"expiresIn": 86_400 * 366},
        {"name": "x" * 33},
        {"name": ""},
        {"prefix": "no spaces"},
        {"prefix": "x" * 33},
        {"prefix": ""},
        {"metadata": {"plan": "pro"}},
        {"remaining": 5},
        {"refillAmount": 5, "refillInterval": 60_000},
        {"refillAmount": 5},
        {"rateLimitMax": 2},
        {"rateLimitEnabled": False},
        {"permissions": {"files": ["read"]}},
        {"userId": "chosen"},
        {"userId": ada.user_id},
        {"configId": "unknown"},
        {"organizationId": "unknown"},
    ]
    for body in bodies:
        ada.post("/api-key/create", **body)
    world.browser("nobody").post("/api-key/create", name="x")
    world.browser("nobody").post("/api-key/create", name="x", userId=ada.user_id)
    ada.get("/api-key/list")


def reads_keys(world: World) -> None:
    ada = world.signed_up()
    names = ["one", "two", "three"]
    for name in names:
        _made(ada, name=name)
    ada.get("/api-key/list", sortBy="name")
    ada.get("/api-key/list", sortBy="name", sortDirection="desc", limit=1, offset=1)
    ada.get("/api-key/list", limit=0)
    ada.get("/api-key/list", offset=5)
    ada.get("/api-key/list", limit="x")
    ada.get("/api-key/list", limit=-1)
    ada.get("/api-key/list", sortDirection="up")
    ada.get("/api-key/list", organizationId="unknown")
    ada.get("/api-key/list", configId="unknown")
    world.browser("nobody").get("/api-key/list")


def cannot_read_a_key_of_another_user(world: World) -> None:
    made = _made(world.signed_up())
    eve = world.signed_up("eve")
    eve.get("/api-key/get", id=made["id"])
    eve.get("/api-key/get", id="unknown")
    eve.get("/api-key/get")
    world.browser("nobody").get("/api-key/get", id=made["id"])


def changes_a_key(world: World) -> None:
    ada = world.signed_up()
    key = _made(ada, name="old")["id"]
    ada.post("/api-key/update", keyId=key, name="new")
    ada.post("/api-key/update", keyId=key, expiresIn=86_400 * 2)
    ada.post("/api-key/update", keyId=key, expiresIn=None)
    ada.post("/api-key/update", keyId=key, enabled=False)
    ada.post("/api-key/update", keyId=key, enabled=True)
    ada.get("/api-key/get", id=key)


def cannot_change_a_key(world: World) -> None:
    ada = world.signed_up()
    key = _made(ada)["id"]
    bodies: list[dict[str, Any]] = [
        {},
        {"name": ""},
        {"name": "x" * 33},
        {"expiresIn": 1},
        {"expiresIn": 86_400 * 366},
        {"remaining": 5},
        {"metadata": {"plan": "pro"}},
        {"permissions": {"files": ["read"]}},
        {"rateLimitMax": 5},
        {"refillAmount": 5},
        {"userId": "chosen", "name": "x"},
        {"configId": "unknown", "name": "x"},
    ]
    for body in bodies:
        ada.post("/api-key/update", keyId=key, **body)
    ada.post("/api-key/update", keyId="unknown", name="x")
    ada.post("/api-key/update", name="x")
    world.signed_up("eve").post("/api-key/update", keyId=key, name="x")
    world.browser("nobody").post("/api-key/update", keyId=key, name="x")
    ada.get("/api-key/get", id=key)


def deletes_a_key(world: World) -> None:
    ada = world.signed_up()
    made = _made(ada)
    world.signed_up("eve").post("/api-key/delete", keyId=made["id"])
    world.browser("nobody").post("/api-key/delete", keyId=made["id"])
    ada.post("/api-key/delete", keyId=made["id"])
    ada.post("/api-key/delete", keyId=made["id"])
    ada.post("/api-key/delete")
    ada.get("/api-key/list")


def sends_invalid_keys(world: World) -> None:
    program = world.browser("program")
    for key in ["", "x", "x" * 64, "ü" * 64, "a b", "x" * 5_000]:
        program.request("GET", "/get-session", headers={"x-api-key": key.encode()})


def has_keys_and_deletes_the_account(world: World) -> None:
    ada = world.signed_up()
    _made(ada)
    ada.post("/delete-user", password=ada.password)
