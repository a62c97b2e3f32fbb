"""The steps of the Dockerfile, run outside of a container engine, give working servers."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from hooks.demo import walk_through
from hooks.servers import free_port
from tests.npm_packages import lend
from tests.postgresql import sql
from tests.project import roles
from tests.project.images import Image, Images
from tests.project.typescript import guesses, is_limited
from tests.some import some
from tests.template import render

#: Megabytes of a server's image, on top of its base.
LARGEST = 150
exhaustive = pytest.mark.exhaustive

PROJECTS = [
    pytest.param({"stack": "python", "framework": "hono"}, True, id="python"),
    *(
        pytest.param(answers, False, id="-".join(map(str, answers.values())), marks=exhaustive)
        for answers in [
            {"provider": provider, "stack": stack, "framework": framework}
            for provider in ("postgresql", "sqlite")
            for stack, framework in [
                ("python", "hono"),
                ("typescript", "hono"),
                ("typescript", "nextjs"),
                ("python", "nextjs"),
            ]
        ]
    ),
]


@pytest.fixture(scope="module")
def administrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A superuser's URL of a PostgreSQL."""
    with roles.server(tmp_path_factory.mktemp("roles")) as url:
        yield url


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an image's user can read, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="images-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def keeps_what_others_created(migrate: Image, url: str) -> None:
    """Fails if the image drops an empty table or column that the schema does not have."""
    execute = sqlite if url.startswith("file:") else sql
    for created, dropped, named in [
        ("CREATE TABLE reports (id INTEGER PRIMARY KEY)", "DROP TABLE reports", "reports"),
        (
            'ALTER TABLE "user" ADD COLUMN badge TEXT',
            'ALTER TABLE "user" DROP COLUMN badge',
            "badge",
        ),
    ]:
        execute(url, created)
        done = migrate.run(migrate.command, {"DATABASE_URL": url}, **migrate.as_user)
        assert done.returncode == 1, done.stdout
        assert named in done.stdout and "Nothing was changed." in done.stdout
        execute(url, dropped)  # fails if it is not there


def sqlite(url: str, statement: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("file:"))) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(("answers", "lent"), PROJECTS)
def test_the_images_migrate_the_database_and_sign_users_in(
    template: Path,
    tmp_path: Path,
    folder: Path,
    administrator: str,
    answers: dict[str, Any],
    lent: bool,
) -> None:
    project = lend(render(template, tmp_path / "app", answers))
    (project / ".env.local").write_text("BETTER_AUTH_SECRET=of-this-machine\n")
    is_python, is_nextjs = answers["stack"] == "python", answers["framework"] == "nextjs"
    if is_nextjs:
        public = project / ("web/public" if is_python else "public")
        public.mkdir()
        (public / "robots.txt").write_text("User-agent: *\n")
    images = Images(project, folder, lent=lent)
    port = free_port()
    settings = {
        "BETTER_AUTH_URL": f"http://127.0.0.1:{port}",
        "BETTER_AUTH_SECRET": secrets.token_urlsafe(32),
    }
    if answers.get("provider") == "sqlite":
        (folder / "data").mkdir()
        (folder / "data").chmod(0o777)
        migrating = serving = f"file:{folder}/data/app.db"
    else:
        migrating, serving = roles.create(administrator)

    migrate = images.build("migrate")
    done = migrate.run(migrate.command, {"DATABASE_URL": migrating}, **migrate.as_user)
    assert done.returncode == 0, done.stdout
    keeps_what_others_created(migrate, migrating)
    settings["DATABASE_URL"] = serving
    if migrating != serving:
        assert roles.allowed(serving, roles.FORBIDDEN) == []
    server = images.build("app" if not is_python else "web" if is_nextjs else "auth")
    with ExitStack() as running:
        is_behind = is_python and not is_nextjs
        address = running.enter_context(
            server.started(free_port() if is_behind else port, **settings)
        )
        if is_python:
            api = images.build("api")
            own_port = port if is_behind else free_port()
            api_address = running.enter_context(
                api.started(own_port, **settings, AUTH_SERVER_URL=address)
            )
            # The build of Next.js contains the address of FastAPI's container.
            assert httpx.get(f"{api_address}{'/api' if is_nextjs else ''}/me").status_code == 401
            address = api_address if is_behind else address
        walk_through(address)
        # From another address than the one that has just signed in.
        assert is_limited(guesses(address, "127.0.0.2"))
        page = httpx.get(f"{address}/auth/sign-up")
        assert page.status_code == 200 and "<form" in page.text
        if is_nextjs:
            assert httpx.get(f"{address}/robots.txt").text == "User-agent: *\n"
    purged = migrate.run(["npm", "run", "purge"], settings, **migrate.as_user)
    assert purged.returncode == 0, purged.stdout
    for name in some({"auth", "api", "app", "web"} & set(images.built)):
        # With Prisma's CLI it would be 350 or more.
        assert images.built[name].megabytes < LARGEST
    for image in images.built.values():
        assert not list(image.root.rglob(".env*"))
