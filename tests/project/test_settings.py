"""The settings of a rendered project: what starts, what is refused, and what never shows."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.template import render

SECRET = "0123456789-abcdefghijklmnopqrstuvwxyz"
DATABASE_URL = "postgresql://app:geheim@localhost:5432/app"
PRODUCTION = {
    "BETTER_AUTH_URL": "https://app.example.com",
    "BETTER_AUTH_SECRET": SECRET,
    "DATABASE_URL": DATABASE_URL,
}
Load = Callable[..., Any]


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(template, tmp_path_factory.mktemp("settings"), {"plugins": ["captcha"]})


@pytest.fixture
def load(project: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Reads the settings with these variables, and nothing else, in the environment."""
    for name in [*PRODUCTION, "BETTER_AUTH_ENV", "TRUSTED_PROXIES", "TRUSTED_ORIGINS"]:
        monkeypatch.delenv(name, raising=False)
    (project / ".env.local").unlink(missing_ok=True)
    (project / ".env").unlink(missing_ok=True)

    def load(**variables: str) -> Any:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(project / "src" / "my_app" / "settings.py"))["settings"]

    return load


def test_nothing_is_needed_to_import_them(load: Load) -> None:
    settings = load()
    assert len(settings.better_auth_secret.get_secret_value()) >= 32
    assert settings.better_auth_secret != load().better_auth_secret
    with pytest.raises(SystemExit, match=r"DATABASE_URL is missing.*scripts/setup\.py"):
        settings.check()


def test_the_environment_goes_before_the_files(load: Load, project: Path) -> None:
    (project / ".env").write_text("BETTER_AUTH_URL=http://localhost:1\nAPP_NAME=env\n")
    (project / ".env.local").write_text("BETTER_AUTH_URL=http://localhost:2\nDATABASE_URL=\n")
    assert (load().better_auth_url, load().app_name) == ("http://localhost:2", "env")
    assert load(BETTER_AUTH_URL="http://localhost:3").better_auth_url == "http://localhost:3"


def test_secrets_never_show(load: Load) -> None:
    settings = load(**PRODUCTION, CAPTCHA_SECRET_KEY="turnstile-geheim")
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert SECRET not in shown and "geheim" not in shown


def test_development_is_what_runs_on_this_machine(load: Load) -> None:
    assert not load().is_production
    assert not load(BETTER_AUTH_URL="http://127.0.0.1:9000").is_production
    assert load(BETTER_AUTH_ENV="production").is_production
    assert load(BETTER_AUTH_ENV="", BETTER_AUTH_URL="http://192.168.0.7:8000").is_production
    assert not load(BETTER_AUTH_ENV="development").is_production


def test_development_needs_a_database_only(load: Load) -> None:
    load(DATABASE_URL=DATABASE_URL).check()


def test_a_production_as_it_should_be(load: Load) -> None:
    settings = load(**PRODUCTION, CAPTCHA_SECRET_KEY="x", TRUSTED_PROXIES="10.0.0.0/8, ::1")
    settings.check()
    assert settings.trusted_proxies == ["10.0.0.0/8", "::1"]
    assert settings.all_trusted_origins == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"BETTER_AUTH_SECRET": ""}, "BETTER_AUTH_SECRET is missing"),
        (
            {"BETTER_AUTH_SECRET": "abcdefgh-hgfedcba-acegbdfh-bdfhaceg"},
            "BETTER_AUTH_SECRET can be guessed",
        ),
        ({"BETTER_AUTH_URL": "http://app.example.com"}, "BETTER_AUTH_URL starts with http://"),
        (
            {"BETTER_AUTH_URL": "", "BETTER_AUTH_ENV": "production"},
            "BETTER_AUTH_URL starts with http://",
        ),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"CAPTCHA_SECRET_KEY": ""}, "CAPTCHA_SECRET_KEY is missing"),
    ],
)
def test_a_production_that_does_not_start(
    load: Load, changes: dict[str, str], sentence: str
) -> None:
    settings = load(**PRODUCTION | {"CAPTCHA_SECRET_KEY": "x"} | changes)
    with pytest.raises(SystemExit, match=sentence):
        settings.check()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BETTER_AUTH_SECRET", "short-geheim", "it needs 32 characters or more"),
        ("BETTER_AUTH_SECRET", "geheim" * 6, "it can be guessed"),
        ("BETTER_AUTH_SECRET", "better-auth-secret-12345678901234567890", "it can be guessed"),
        ("BETTER_AUTH_SECRET", f" geheim-{'x7' * 10}-{'y8' * 10}", "begins or ends with a space"),
        ("BETTER_AUTH_URL", "app.example.com", "starts with http:// or https://"),
        ("BETTER_AUTH_URL", "https://app.example.com/auth", "it has no path"),
        ("BETTER_AUTH_ENV", "staging", "'development' or 'production'"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy", "'proxy'"),
    ],
)
def test_a_value_that_makes_no_sense(load: Load, name: str, value: str, sentence: str) -> None:
    with pytest.raises(SystemExit, match=f"{name} cannot be used: .*{sentence}") as caught:
        load(**{name: value})
    assert "geheim" not in str(caught.value)
