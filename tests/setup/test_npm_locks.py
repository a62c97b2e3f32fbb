"""Concurrent setups exclude each other, however they start and end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.setup.npm_project import NODE_FILE, PACKAGE
from tests.waiting import TIMEOUT, wait_for

HOLD = f"""
import {{ appendFileSync }} from "node:fs";
import {{ lock, noteProgram }} from "{PACKAGE / "src" / "lock.ts"}";
import {{ refuseConflicts }} from "{PACKAGE / "src" / "conflicts.ts"}";
await lock();
refuseConflicts();
appendFileSync("../log", `in ${{process.pid}}\\n`);
await new Promise((done) => setTimeout(done, Number(process.argv[1])));
appendFileSync("../log", `out ${{process.pid}}\\n`);
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what locks need of a project."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "file.txt").write_text("text")
    return project


def start(folder: Path, milliseconds: int) -> subprocess.Popen[str]:
    """Starts a process that holds the lock for a time."""
    command = [NODE_FILE, "--input-type=module-typescript", "--eval", HOLD, str(milliseconds)]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)


def test_one_of_many_concurrent_setups_gets_the_lock(folder: Path) -> None:
    chance = random.Random(7)
    processes = []
    killed = set()
    for _ in range(20):
        processes.append(start(folder, chance.randrange(20, 120)))
        time.sleep(chance.random() / 20)
        if chance.random() < 0.2:
            victim = chance.choice(processes)
            if victim.poll() is None:
                os.kill(victim.pid, signal.SIGKILL)
                killed.add(victim.pid)
    for process in processes:
        _, stderr = process.communicate(timeout=TIMEOUT)
        ok = process.returncode == 0 or process.pid in killed
        assert ok or "Another setup is running in this folder" in stderr, stderr
    inside: str | None = None
    entries = (folder.parent / "log").read_text().splitlines()
    for entry in entries:
        word, pid = entry.split()
        if word == "in":
            assert inside is None or int(inside) in killed
            inside = pid
        else:
            assert inside == pid
            inside = None
    assert len([entry for entry in entries if entry.startswith("in ")]) > 1


def test_a_killed_setup_releases_the_lock_at_once(folder: Path) -> None:
    first = start(folder, 60_000)
    wait_for((folder.parent / "log").exists)
    refused = start(folder, 0)
    assert "Another setup is running" in refused.communicate(timeout=TIMEOUT)[1]
    first.kill()
    first.communicate()
    assert start(folder, 0).wait(timeout=TIMEOUT) == 0
