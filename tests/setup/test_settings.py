"""Settings: precedence, and completing ``.env.local``."""

from __future__ import annotations

from pathlib import Path

import pytest
from better_auth_setup.problem import Problem
from better_auth_setup.settings import Settings

EXAMPLE = """\
# The database.
DATABASE_URL=postgresql://user:password@localhost:5432/app

# Signs the cookies.
BETTER_AUTH_SECRET=

# Where people reach the application.
BETTER_AUTH_URL=http://localhost:8000
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env.example").write_text(EXAMPLE)
    return tmp_path


def test_the_first_non_empty_value_is_used_and_its_source_is_stored(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(root)
    assert settings.get("DATABASE_URL") == ""
    assert settings.place("DATABASE_URL") == "DATABASE_URL in .env.local"

    (root / ".env").write_text("DATABASE_URL=file:c.db\n")
    (root / ".env.local").write_text("DATABASE_URL=\n")
    assert settings.get("DATABASE_URL") == "file:c.db"
    assert settings.place("DATABASE_URL") == "DATABASE_URL in .env"

    (root / ".env.local").write_text("DATABASE_URL=file:b.db\n")
    monkeypatch.setenv("DATABASE_URL", "")
    assert settings.get("DATABASE_URL") == "file:b.db"
    assert settings.variables()["DATABASE_URL"] == "file:b.db"
    assert settings.place("DATABASE_URL") == "DATABASE_URL in .env.local"

    monkeypatch.setenv("DATABASE_URL", "file:a.db")
    assert settings.get("DATABASE_URL") == "file:a.db"
    assert settings.variables()["DATABASE_URL"] == "file:a.db"
    expected = "DATABASE_URL of the environment, which overrides .env.local"
    assert settings.place("DATABASE_URL") == expected


def test_a_dollar_sign_is_literal_as_in_node(root: Path) -> None:
    (root / ".env.local").write_text('DATABASE_URL="postgresql://a:b${HOME}c@localhost/app"\n')
    assert Settings(root).get("DATABASE_URL") == "postgresql://a:b${HOME}c@localhost/app"


def test_a_missing_env_file_is_written_with_mode_600(root: Path) -> None:
    settings = Settings(root)
    assert settings.complete() == ["DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_URL"]
    assert (root / ".env.local").stat().st_mode & 0o777 == 0o600
    assert len(settings.get("BETTER_AUTH_SECRET")) >= 32
    assert settings.get("DATABASE_URL") == ""
    assert "# Where people reach the application.\n" in (root / ".env.local").read_text()
    assert not settings.missing() and settings.complete() == []


def test_no_secret_is_generated_if_the_environment_has_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", "of the environment")
    Settings(root).complete()
    assert "BETTER_AUTH_SECRET=\n" in (root / ".env.local").read_text()


def test_existing_lines_stay_byte_for_byte(root: Path) -> None:
    own = b"# mine\r\nexport DATABASE_URL='file:x.db' # local\r\nBETTER_AUTH_SECRET=   # later"
    (root / ".env.local").write_bytes(own)
    settings = Settings(root)
    assert settings.complete() == ["BETTER_AUTH_URL", "BETTER_AUTH_SECRET"]
    content = (root / ".env.local").read_bytes()
    secret = settings.get("BETTER_AUTH_SECRET").encode()
    assert content.startswith(own.replace(b"=   # later", b"=" + secret + b"  # later"))
    assert content.endswith(b"application.\r\nBETTER_AUTH_URL=http://localhost:8000\r\n")


def test_an_existing_env_file_is_made_private(root: Path) -> None:
    path = root / ".env.local"
    path.write_text("A=b\n")
    path.chmod(0o644)
    settings = Settings(root)
    assert not settings.is_private
    settings.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_binary_env_file_is_reported(root: Path) -> None:
    (root / ".env.local").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(Problem, match=r"\.env\.local is not UTF-8 text"):
        Settings(root).get("A")
