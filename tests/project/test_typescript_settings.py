"""The settings of a TypeScript project, as its server reads them."""

from __future__ import annotations

import hashlib
import hmac
import json
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from hooks.node import environment
from hooks.servers import free_port, running_server
from tests.foreign_variables import FOREIGN
from tests.project.typescript import TYPESCRIPT, run_node, serving
from tests.project.workshop import Workshop
from tests.waiting import TIMEOUT
from tests.weak_secrets import STRONG_SECRETS, WEAK_SECRETS
from tests.wrapped import unwrapped

pytestmark = pytest.mark.e2e

SECRET = "9Zk2vQ7mXw4TnRb8LsYc3HpJd6FgAe1U"


@pytest.fixture(scope="module")
def project(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("settings") / "project"
    workshop.render(
        {"plugins": ["oauth-proxy", "open-api", "test-utils"]}, folder, workshop.settings()
    )
    workshop.push(folder)
    return folder


def refusal(project: Path, **settings: str) -> str:
    """The output of a server that refuses to start."""
    done = subprocess.run(
        TYPESCRIPT.serve,
        cwd=project,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 1, done.stdout
    assert "    at " not in done.stderr
    return done.stderr


def value(project: Path, module: str, expression: str, **settings: str) -> Any:
    """An export of a project's module, or an expression of it."""
    script = f"""
    const {{ {expression.split(".")[0]} }} = await import("./src/lib/{module}.ts");
    console.log(JSON.stringify({expression}));
    process.exit();
    """
    return json.loads(run_node(project, "--input-type=module", "--eval", script, **settings))


def test_foreign_variables_are_ignored_and_empty_ones_count_as_unset(project: Path) -> None:
    with serving(project, None, **FOREIGN) as server:
        server.browser().sign_up()


def test_the_environment_precedes_env_local_and_env(project: Path) -> None:
    (project / ".env").write_text("HOST=192.0.2.1\nDATABASE_URL=of-env\n")
    try:
        local = (project / ".env.local").read_text()
        assert value(project, "env", "env.DATABASE_URL") in local
        assert value(project, "env", "env.DATABASE_URL", DATABASE_URL="file:x") == "file:x"
        assert value(project, "env", "env.HOST") == "192.0.2.1"
        assert value(project, "env", "env.HOST", HOST="192.0.2.2") == "192.0.2.2"
    finally:
        (project / ".env").unlink()


def test_a_wrong_value_is_reported_with_its_source(project: Path) -> None:
    assert "PORT of the environment is not a number" in refusal(project, PORT="80 80")
    (project / ".env").write_text("TRUSTED_PROXIES=proxy\n")
    try:
        assert "TRUSTED_PROXIES of .env has an entry" in refusal(project)
    finally:
        (project / ".env").unlink()


def test_production_unless_the_base_url_is_loopback(project: Path) -> None:
    url = {"BETTER_AUTH_URL": "https://app.example.com"}
    production = "env.isProduction"
    assert value(project, "env", production, NODE_ENV="production") is False
    assert value(project, "env", production, NODE_ENV="development", **url) is True
    assert value(project, "env", production, BETTER_AUTH_ENV="development", **url) is False
    assert value(project, "env", production, BETTER_AUTH_ENV="production") is True
    assert "OAUTH_PROXY_PRODUCTION_URL is not set" in refusal(project, **url)


@pytest.mark.parametrize("secret", WEAK_SECRETS)
def test_production_refuses_a_weak_secret_without_printing_it(project: Path, secret: str) -> None:
    url = {"BETTER_AUTH_URL": "https://app.example.com", "NODE_ENV": "development"}
    message = refusal(project, BETTER_AUTH_SECRET=secret, **url)
    assert message.startswith("BETTER_AUTH_SECRET of the environment")
    assert "is too weak" in " ".join(message.split())
    assert secret not in message


@pytest.mark.parametrize("secret", STRONG_SECRETS)
def test_production_takes_a_random_secret_with_few_characters(project: Path, secret: str) -> None:
    message = refusal(project, BETTER_AUTH_SECRET=secret, BETTER_AUTH_URL="https://app.example.com")
    assert "BETTER_AUTH_SECRET" not in message


def test_development_features_are_off_in_production(project: Path) -> None:
    ids = "auth.options.plugins.map((plugin) => plugin.id)"
    url = "https://app.example.com"
    development = {"open-api", "test-utils"}
    assert development <= set(value(project, "auth", ids))
    assert development.isdisjoint(value(project, "auth", ids, BETTER_AUTH_URL=url))


def test_the_address_header_cannot_be_guessed(project: Path) -> None:
    digest = hmac.digest(SECRET.encode(), b"client-address", hashlib.sha256).hex()
    header = f"x-client-address-{digest[:32]}"
    name = "clientAddressHeader"
    assert value(project, "env", name, BETTER_AUTH_SECRET=SECRET) == header
    other = {"BETTER_AUTH_SECRET": "of older data", "BETTER_AUTH_SECRETS": f"2:{SECRET},1:older"}
    assert value(project, "env", name, **other) == header


def test_node_env_disables_no_check(project: Path) -> None:
    with serving(project, NODE_ENV="test", TEST="1") as server:
        browser = server.browser()
        browser.sign_up()
        foreign = {"Origin": "https://evil.example.com"}
        assert browser.post("/sign-out", json={}, headers=foreign).status_code == 403


def test_the_port_can_be_changed_alone(project: Path, tmp_path: Path) -> None:
    port = free_port()
    address, env = f"http://localhost:{port}", environment(PORT=str(port))
    with running_server(TYPESCRIPT.serve, project, env, address, tmp_path / "log"):
        body = {"name": "Ada", "email": f"{port}@example.com", "password": "correct horse"}
        for origin, status in ((address, 200), ("http://localhost:1", 403)):
            response = httpx.post(
                f"{address}/api/auth/sign-up/email", json=body, headers={"Origin": origin}
            )
            assert response.status_code == status
            body["email"] = f"other{port}@example.com"


def test_a_base_url_without_a_port_trusts_origins_without_one(project: Path) -> None:
    for scheme in ("http", "https"):
        url = f"{scheme}://localhost"
        trusted = value(project, "env", "trustedOrigins", BETTER_AUTH_URL=url)
        assert trusted == [url, f"{scheme}://127.0.0.1"]


def test_trusted_origins_may_send_requests(project: Path) -> None:
    with serving(project, TRUSTED_ORIGINS="https://*.example.com") as server:
        for origin, allowed in (("https://app.example.com", True), ("https://example.org", False)):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            preflight = httpx.options(f"{server.address}/me", headers=asked)
            allows = preflight.headers.get("access-control-allow-origin") == origin
            assert allows is allowed
            write = httpx.post(f"{server.address}/me", headers={"Origin": origin})
            assert write.status_code == (404 if allowed else 403)
        other_site = {"Sec-Fetch-Site": "cross-site"}
        assert httpx.post(f"{server.address}/me", headers=other_site).status_code == 403
        assert httpx.post(f"{server.address}/me").status_code == 404


def test_nul_characters_are_refused(project: Path) -> None:
    with serving(project) as server:
        auth = f"{server.address}/api/auth"
        body = {"email": "a@example.com", "password": "correct horse\0"}
        assert httpx.post(f"{auth}/sign-up/email", json={**body, "name": "A"}).status_code == 400
        assert httpx.post(f"{auth}/sign-in/email", json=body).status_code == 400
        assert httpx.get(f"{auth}/reset-password/%00?callbackURL=/").status_code == 400
        body["password"] = r"correct \u0000 100%00"
        created = httpx.post(f"{auth}/sign-up/email", json={**body, "name": "A"})
        assert created.status_code == 200, created.text


def test_a_port_in_use_is_reported(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refusal(project, PORT=str(port)) == (
            f"Port {port} is in use. Set PORT of the environment to another one.\n"
        )
    found = unwrapped(refusal(project, HOST="host.invalid"))
    assert found.startswith("Correct HOST of the environment, or PORT in .env.local: getaddrinfo")


def test_an_open_connection_does_not_block_shutdown(project: Path, tmp_path: Path) -> None:
    port = free_port()
    address, env = f"http://localhost:{port}", environment(PORT=str(port))
    with (
        running_server(TYPESCRIPT.serve, project, env, address, tmp_path / "log") as server,
        socket.create_connection(("127.0.0.1", port)) as slow,
    ):
        slow.sendall(b"POST /me HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
        time.sleep(0.2)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=TIMEOUT) == 0
