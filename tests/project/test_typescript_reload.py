"""`npm run dev` reloads after an edit, however the editor saves."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from hooks.node import environment
from hooks.servers import free_port, running_server
from tests.editors import by_backup, by_deleting, by_rename, in_place
from tests.project.reloads import save_until
from tests.project.workshop import Workshop

pytestmark = pytest.mark.e2e


def test_a_reload_follows_every_way_of_saving(workshop: Workshop, tmp_path: Path) -> None:
    project, port = tmp_path / "project", free_port()
    workshop.render({}, project, workshop.settings())
    workshop.push(project)
    scripts = json.loads((project / "package.json").read_text())["scripts"]
    program, *arguments = scripts["dev"].split()
    command = ["node", f"node_modules/{program}/dist/cli.mjs", *arguments]
    address = f"http://localhost:{port}"
    log = tmp_path / "server.log"
    with running_server(command, project, environment(PORT=str(port)), address, log):
        app, auth = project / "src" / "app.ts", project / "src" / "lib" / "auth.ts"
        ways: list[Callable[[Path, str], None]] = [in_place, by_rename, by_backup, by_deleting]
        for number, save in enumerate([*ways, in_place]):
            # tsx needs a moment to watch a new file; most often this is enough.
            time.sleep(1)
            greeting = f'c.json({{ name: "{number}"'
            text = re.sub(r'c\.json\({ name: ".*?"', greeting, app.read_text())
            save_until(partial(save, app, text), partial(greets_with, address, str(number)))
        limit = "    enabled: true,\n    minPasswordLength: 30,\n"
        text = auth.read_text().replace("    enabled: true,\n", limit, 1)
        user = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
        sign_up = f"{address}/api/auth/sign-up/email"
        save_until(partial(by_rename, auth, text), partial(refuses, sign_up, user))


def greets_with(address: str, name: str) -> bool:
    with suppress(httpx.TransportError):  # while it restarts
        return bool(httpx.get(address).json()["name"] == name)
    return False


def refuses(url: str, body: dict[str, str]) -> bool:
    with suppress(httpx.TransportError):
        return httpx.post(url, json=body).status_code == 400
    return False
