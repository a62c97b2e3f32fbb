"""Reading the environment, and one clear sentence for each invalid value."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path

import better_auth_sidecar
import pytest
import trustme
from better_auth_sidecar.outbox import Sender
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict
from sqlalchemy.ext.asyncio import create_async_engine

from tests.weak_secrets import STRONG_SECRETS, WEAK_SECRETS
from tests.wrapped import WIDTH, unwrapped

SECRET = secrets.token_urlsafe(32)
KEYS = [
    *["DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS", "BETTER_AUTH_URL"],
    *["BETTER_AUTH_ENV", "AUTH_SERVER_URL", "TRUSTED_ORIGINS", "TRUSTED_PROXIES", "HOST", "PORT"],
]
Load = Callable[..., better_auth_sidecar.Settings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads a project's settings with these values in .env.local."""
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)

    class Settings(better_auth_sidecar.Settings):
        model_config = SettingsConfigDict(env_file=(tmp_path / ".env", tmp_path / ".env.local"))
        color: str = "red"

    def load(**values: str | None) -> Settings:
        given = {"DATABASE_URL": "postgresql://u:p@h/d", "BETTER_AUTH_SECRET": SECRET, **values}
        lines = [f"{name}={value}\n" for name, value in given.items() if value is not None]
        (tmp_path / ".env.local").write_text("".join(lines))
        return Settings.load()

    return load


def test_certificates_are_found_from_the_projects_folder(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert load(DATABASE_URL="postgresql://u:p@h/d?sslrootcert=ca.pem").project_folder() == tmp_path
    with pytest.raises(SystemExit, match="Correct sslrootcert= in DATABASE_URL"):
        load(DATABASE_URL="postgresql://u:p@h/d?sslrootcert=none.pem")


async def test_the_outbox_finds_certificates_from_the_projects_folder(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.chdir("/")
    settings = load(DATABASE_URL="postgresql://u:p@127.0.0.1:1/d?sslrootcert=ca.pem")
    sender = Sender(settings, create_async_engine("postgresql+asyncpg://u:p@127.0.0.1:1/d"), {})
    async with sender.running():
        await asyncio.sleep(0.1)  # an error of the listener ends the block


def test_the_first_non_empty_value_is_used(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("\ufeffCOLOR=green\nTRUSTED_ORIGINS=https://a.example\nPORT=1\n")
    monkeypatch.setenv("COLOR", "")
    monkeypatch.setenv("PORT", "3")
    settings = load(COLOR="", TRUSTED_ORIGINS="https://b.example", PORT="2")
    assert settings.color == "green"  # type: ignore[attr-defined]
    assert settings.trusted_origins == ("https://b.example",)
    assert settings.port == 3


def test_the_port_is_that_of_the_fastapi_command(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command reads PORT of the environment; PORT of files is that of the auth server."""
    assert load(PORT="9000").better_auth_url == "http://localhost:8000"
    monkeypatch.setenv("PORT", "9001")
    assert load(PORT="9000").better_auth_url == "http://localhost:9001"


def test_a_dollar_sign_is_literal(load: Load) -> None:
    settings = load(DATABASE_URL="'postgresql://u:pa$HOME${HOME}@h/d'")
    assert settings.database_url.get_secret_value() == "postgresql://u:pa$HOME${HOME}@h/d"


def test_defaults(load: Load) -> None:
    settings = load()
    assert settings.better_auth_url == "http://localhost:8000"
    assert not settings.is_production
    assert settings.origins == {"http://localhost:8000", "http://127.0.0.1:8000"}
    for scheme in ("http", "https"):
        origins = load(BETTER_AUTH_URL=f"{scheme}://localhost").origins
        assert origins == {f"{scheme}://localhost", f"{scheme}://127.0.0.1"}


@pytest.mark.parametrize(
    ("url", "environment", "is_production"),
    [
        ("http://127.0.0.2:8000", None, False),
        ("http://[::1]:8000", None, False),
        ("https://example.com", None, True),
        ("https://localhost.example.com", None, True),
        ("http://localhost:8000", "production", True),
        ("http://192.168.1.2:8000", "development", False),
    ],
)
def test_production(load: Load, url: str, environment: str | None, is_production: bool) -> None:
    settings = load(BETTER_AUTH_URL=url.replace("http:", "https:"), BETTER_AUTH_ENV=environment)
    assert settings.is_production is is_production
    assert settings.for_auth_server()["BETTER_AUTH_ENV"] == (
        "production" if is_production else "development"
    )


def test_lists(load: Load) -> None:
    settings = load(
        TRUSTED_ORIGINS="https://a.example/ , https://*.b.example,,myapp://",
        TRUSTED_PROXIES="127.0.0.1 10.0.0.0/8,unix:,::1",
    )
    assert settings.trusted_origins == ("https://a.example", "https://*.b.example", "myapp://")
    assert settings.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "unix:", "::1")


def test_trusted_origins_are_compared_as_browsers_send_them(load: Load) -> None:
    given = ["HTTPS://App.Example.com:443", "http://A.example.com:80", "https://*.B.example:443"]
    other = ["https://a.example.com:80", "https://a.example.com:8443", "*.example.com", "App://a"]
    other += ["http://localhost:*", "https://app-?.example.com", "http://[::1]:3000"]
    read = ["https://app.example.com", "http://a.example.com", "https://*.b.example"]
    settings = load(TRUSTED_ORIGINS=",".join(given + other))
    assert settings.trusted_origins == (*read, *other)


def test_the_first_secret_signs(load: Load) -> None:
    new = secrets.token_urlsafe(32)
    assert load(BETTER_AUTH_SECRETS=f"2:{new},1:{SECRET}").secret == new
    assert load(BETTER_AUTH_SECRETS=f"2:{new}", BETTER_AUTH_SECRET=None).secret == new
    assert load().secret == SECRET


def refusal(load: Load, **values: str | None) -> str:
    """The message of settings that are refused, whose lines fit the terminal."""
    with pytest.raises(SystemExit) as refused:
        load(**values)
    message = str(refused.value)
    assert all(len(line) <= WIDTH for line in message.split("\n"))
    assert SECRET not in message and "u:p@h" not in message
    return unwrapped(message)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"DATABASE_URL": None}, "Set DATABASE_URL in .env.local or the environment"),
        (
            {"DATABASE_URL": "postgresql://u:p@h/d?channel_binding=require"},
            "Correct DATABASE_URL of .env.local: Remove channel_binding=require: Python's driver ",
        ),
        ({"DATABASE_URL": "postgresql://h/d"}, "Name user and host in DATABASE_URL: "),
        ({"BETTER_AUTH_SECRET": None}, "Set BETTER_AUTH_SECRET in .env.local or the environment"),
        ({"BETTER_AUTH_SECRETS": "two,one"}, "Correct BETTER_AUTH_SECRETS of .env.local: it is"),
        ({"BETTER_AUTH_URL": "example.com"}, "Correct BETTER_AUTH_URL of .env.local: it is not "),
        ({"BETTER_AUTH_URL": "https://example.com/auth"}, "it must have no path"),
        ({"BETTER_AUTH_URL": "https://example.com:port"}, "it is not an http or https address"),
        ({"BETTER_AUTH_ENV": "staging"}, "Correct BETTER_AUTH_ENV of .env.local: "),
        ({"AUTH_SERVER_URL": "auth:3000"}, "Correct AUTH_SERVER_URL of .env.local: it is not "),
        ({"TRUSTED_ORIGINS": "https://a.example/b"}, "'https://a.example/b' has a path"),
        ({"TRUSTED_PROXIES": "proxy"}, "'proxy' is neither an address, nor a network"),
        (
            {"BETTER_AUTH_URL": "http://example.com"},
            "Correct BETTER_AUTH_URL of .env.local: in production it must be https",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(
    load: Load, values: dict[str, str | None], sentence: str
) -> None:
    message = refusal(load, **values)
    assert sentence in message
    assert message.count("\n") == 0


@pytest.mark.parametrize("secret", WEAK_SECRETS)
def test_production_refuses_weak_secrets(load: Load, secret: str) -> None:
    load(BETTER_AUTH_SECRET=secret)
    message = refusal(load, BETTER_AUTH_SECRET=secret, BETTER_AUTH_URL="https://example.com")
    assert message.startswith("Replace BETTER_AUTH_SECRET of .env.local: it can be guessed.")
    assert secret not in message


@pytest.mark.parametrize("secret", STRONG_SECRETS)
def test_production_takes_a_random_secret_with_few_characters(load: Load, secret: str) -> None:
    load(BETTER_AUTH_SECRET=secret, BETTER_AUTH_URL="https://example.com", MAIL="log")


def test_a_port_follows_with_blanks_around_it(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", " 04000 ")
    assert (load().port, load().better_auth_url) == (4000, "http://localhost:4000")


def test_the_mailbox_of_a_login_shell_hides_no_setting(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL", "/var/mail/ada")
    assert load(MAIL="log").mail == "log"


def test_settings_in_code_need_no_change_of_a_login_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """As tests of an application write them."""
    monkeypatch.setenv("MAIL", "/var/mail/ada")
    url, secret = SecretStr("postgresql://me@db/app"), SecretStr(secrets.token_urlsafe(32))
    settings = better_auth_sidecar.Settings(database_url=url, better_auth_secret=secret)
    assert settings.mail == ""


def test_a_file_that_is_not_utf_8_is_one_sentence(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("COLOR=blue\n".encode("utf-16"))
    with pytest.raises(SystemExit, match=r"^Save \.env as UTF-8\.$"):
        load()


def test_the_source_of_a_wrong_value_is_reported(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "http")
    message = refusal(load, PORT="8000")
    assert "Correct PORT of the environment, which overrides .env.local: " in message
    assert "Correct PORT of the environment: " in refusal(load)
