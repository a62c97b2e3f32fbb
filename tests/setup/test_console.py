"""Setup's output on a terminal and in a pipe, in both stacks."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from hooks.node import environment
from tests.setup.npm_project import NODE_FILE, npm_project
from tests.template import REPOSITORY
from tests.waiting import TIMEOUT

PYTHON = REPOSITORY / "template/python/packages/better-auth-setup/src"
NPM = REPOSITORY / "template/typescript/packages/better-auth-setup"

#: A step of over two seconds, in each stack's code.
SLOW = {
    "python": [
        *(sys.executable, "-c"),
        "import os, time; from better_auth_setup.console import Console; c = Console()\n"
        "now, hurry = time.monotonic, int(os.environ.get('HURRY', 1))\n"
        "time.monotonic = lambda: now() * hurry\n"
        "with c.step('install', 'npm install') as s: time.sleep(4); s.detail = 'done'",
    ],
    "typescript": [
        *(NODE_FILE, "--input-type=module", "--eval"),
        f'import {{ step }} from "{NPM}/src/report.ts";'
        "const now = performance.now.bind(performance), hurry = process.env.HURRY ?? 1;"
        "performance.now = () => now() * hurry;"
        "const work = () => new Promise((done) => setTimeout(done, 4000, 'done'));"
        "await step('install', work, 'npm install');",
    ],
}
#: Each stack's command line with more than one line of output.
COMMANDS = {
    "python": [sys.executable, "-m", "better_auth_setup"],
    "typescript": [NODE_FILE, str(NPM / "bin.cjs")],
}


def on_a_terminal(stack: str, **variables: str) -> str:
    """Runs a slow step in a terminal; returns its output."""
    program, *arguments = SLOW[stack]
    env = environment(PYTHONPATH=str(PYTHON), **{"CI": "", "NO_COLOR": "", **variables})
    terminal = pexpect.spawn(program, arguments, env=env, encoding="utf-8", timeout=TIMEOUT)
    screen = terminal.logfile_read = io.StringIO()
    terminal.expect(pexpect.EOF)
    return screen.getvalue()


@pytest.mark.parametrize("stack", SLOW)
def test_seconds_are_counted_on_a_terminal_only(stack: str) -> None:
    shown = on_a_terminal(stack)
    seconds = [int(each) for each in re.findall(r"  install +(\d+) s\r", shown)]
    assert seconds and seconds == sorted(seconds) and seconds[0] > 0
    assert "\x1b[32m✓\x1b[0m install " in shown
    assert "\x1b[32m" not in on_a_terminal(stack, NO_COLOR="1")
    quiet = on_a_terminal(stack, CI="1")
    assert re.fullmatch(r"✓ install  +\d+\.\d s.*\r\n", quiet)


@pytest.mark.parametrize("stack", SLOW)
def test_a_step_that_may_hang_names_the_command_to_run_by_hand(stack: str) -> None:
    shown = on_a_terminal(stack, HURRY="40")
    assert "s  to see why, press Ctrl+C and run: npm install\r" in shown
    assert max(map(len, shown.split("\r"))) < 80
    assert "to see why" not in on_a_terminal(stack)


@pytest.mark.parametrize("stack", COMMANDS)
def test_a_closed_output_causes_no_traceback(stack: str, tmp_path: Path) -> None:
    """The terminal may be closed, or a parent npm killed."""
    folder = tmp_path
    if stack == "typescript":
        folder = npm_project(tmp_path / "project", provider="sqlite").folder
    for arguments in (["--help"], ["setup"], ["no-command"]):
        command = subprocess.Popen(
            [*COMMANDS[stack], *arguments],
            cwd=folder,
            env=environment(PYTHONPATH=str(PYTHON)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert command.stdout and command.stderr
        command.stdout.close()
        stderr = command.stderr.read().decode()
        command.wait(timeout=TIMEOUT)
        assert "EPIPE" not in stderr and "Broken pipe" not in stderr and "Traceback" not in stderr
