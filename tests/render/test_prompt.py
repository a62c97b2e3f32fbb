"""Answering the questions in a terminal, with a mistake on the way."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr
from pathlib import Path

import pexpect
import pytest
import yaml
from copier._cli import CopierApp

from tests.waiting import TIMEOUT

ENTER, DOWN, CLEAR = "\r", "\x1b[B", "\x15"


@pytest.fixture
def git_url(template: Path, tmp_path: Path) -> str:
    """The template in a git repository with a tag, as users get it."""
    repository = tmp_path / "repository"
    shutil.copytree(template, repository)
    person = ["-c", "user.name=Maintainer", "-c", "user.email=maintainer@example.com"]
    for command in (["init"], ["add", "--all"], [*person, "commit", "--message", "Release"]):
        subprocess.run(["git", *command], cwd=repository, check=True, capture_output=True)
    return f"git+file://{repository}"


def test_answers_are_typed_and_a_mistake_is_corrected(git_url: str, tmp_path: Path) -> None:
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "copier", "copy", git_url, "shop"],
        cwd=str(tmp_path),
        encoding="utf-8",
        dimensions=(50, 160),
        timeout=TIMEOUT,
    )
    screen = terminal.logfile_read = io.StringIO()
    terminal.expect("Which stack")
    terminal.send(ENTER)
    terminal.expect("What serves better-auth and the pages")
    terminal.send(ENTER)
    terminal.expect("What is the project's name")
    terminal.send(CLEAR + "Corner Shop" + ENTER)
    terminal.expect("Which database")
    terminal.send(ENTER)
    terminal.expect("What is the PostgreSQL URL")
    terminal.send("postgresql://shop:pa$$word@localhost/shop" + ENTER)
    terminal.expect("Write \\$ as %24 in the URL")
    terminal.send(CLEAR + "postgresql://shop:pa%24%24word@localhost/shop" + ENTER)
    terminal.expect("Which better-auth plugins")
    terminal.expect("organization")
    terminal.send(" " + DOWN * 3 + " " + ENTER)  # the first and the fourth
    terminal.expect("Which optional plugin features")
    terminal.expect("organization: Teams within an organization")
    terminal.send(" " + ENTER)
    terminal.expect("Which social providers")
    terminal.expect("Google")
    terminal.send(" " + DOWN + " " + ENTER)
    terminal.expect("Where are rate limits counted")
    terminal.send(ENTER)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0

    answers = yaml.safe_load((tmp_path / "shop" / ".copier-answers.yml").read_text())
    assert answers["project_name"] == "Corner Shop"
    assert answers["plugins"] == ["username", "organization"]
    assert answers["plugin_options"] == ["organization-teams"]
    assert answers["social_providers"] == ["github", "google"]
    assert "database_url" not in answers
    assert "pa%24%24word" in (tmp_path / "shop" / ".env.local").read_text()
    assert "24word" not in screen.getvalue(), "the URL is shown while it is typed"


@pytest.mark.parametrize("url", ["", "postgresql://shop:geheim@localhost/shop"])
def test_under_umask_077_nobody_else_reads_env_local(
    git_url: str, tmp_path: Path, url: str
) -> None:
    command = ["copier", "copy", "--defaults", "--data", f"database_url={url}", git_url]
    for umask, mode in ((0o077, 0o600), (0o022, 0o644)):
        project = tmp_path / f"shop{umask}"
        before = os.umask(umask)
        try:
            with redirect_stderr(io.StringIO()) as stderr:
                _, status = CopierApp.run([*command, str(project)], exit=False)
        finally:
            os.umask(before)
        assert status == 0, stderr.getvalue()
        assert (project / ".env.local").stat().st_mode & 0o777 == mode
        is_announced = "make .env.local, which has your URL, readable" in stderr.getvalue()
        assert is_announced == bool(url)
        assert "geheim" not in stderr.getvalue()
