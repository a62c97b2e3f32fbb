"""`copier update` in a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

import pexpect

from tests.template import REPOSITORY
from tests.update.project import Project

#: Copier's command, without the folder of tests among the folders of modules.
COPIER = [sys.executable, "-P", str(REPOSITORY / "tests" / "quick_copier.py")]
#: All questions of an update.
QUESTIONS = [
    "Which stack",
    "What serves better-auth and the pages",
    "project's name",
    "Which database",
    "Which better-auth plugins",
    "Which optional plugin features",
    "Which social providers",
    "Where are rate limits",
]


def answer_with_enter(project: Project, questions: Sequence[str], *options: str) -> str:
    """Answers these questions of `copier update` with Enter; returns the screen."""
    program, *arguments = COPIER
    terminal = pexpect.spawn(
        program,
        [*arguments, "update", *options],
        cwd=str(project.folder),
        encoding="utf-8",
        dimensions=(50, 160),
        timeout=120,
    )
    screen = terminal.logfile_read = io.StringIO()
    for question in questions:
        terminal.expect(question)
        terminal.send("\r")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0, screen.getvalue()
    return screen.getvalue()
