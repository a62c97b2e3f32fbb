"""Files that the owner moved or deleted are not restored by an update."""

from __future__ import annotations

from pathlib import Path

from tests.generate.auth import needs
from tests.generate.run import generate
from tests.node import ask_prisma
from tests.schema.cases import complete
from tests.update.history import OLDEST, PRESENT, git
from tests.update.library import IN_RESERVED_PLACES, SCHEMA
from tests.update.project import COMMON, Projects
from tests.update.simulation import KEPT

MOVED = "prisma/schema/main.prisma"
ANSWERS = {"stack": "python", **COMMON}
FEATURES = complete([*COMMON["plugins"], *COMMON["plugin_options"], "rate-limit"])


def test_a_moved_schema_stays_in_place_and_generate_completes_it(
    projects: Projects, tmp_path: Path
) -> None:
    posts = IN_RESERVED_PLACES[0]
    project = projects.committed(OLDEST, ANSWERS, tmp_path / "shop")
    posts.apply(project.folder)
    (project.folder / MOVED).parent.mkdir()
    git(project.folder, "mv", SCHEMA, MOVED)
    project.commit("A folder of schemas")
    mine = (project.folder / MOVED).read_text()
    project.update(PRESENT)

    assert project.conflicts() == []
    assert not (project.folder / SCHEMA).exists()
    assert (project.folder / MOVED).read_text() == mine
    (text,) = generate(needs(*FEATURES), mine)
    fresh = posts.edited(projects.texts(PRESENT, ANSWERS))[SCHEMA]
    assert ask_prisma([text], "meaning") == ask_prisma([fresh], "meaning")


def test_an_update_restores_env_local_but_no_deleted_files(
    projects: Projects, tmp_path: Path
) -> None:
    project = projects.committed(OLDEST, ANSWERS, tmp_path / "shop")
    unwanted = ["compose.yaml", "tests/test_app.py", ".github/workflows/ci.yml", "README.md"]
    for path in [*unwanted, ".env.local"]:
        (project.folder / path).unlink()
    project.commit("Less")
    project.update(PRESENT)
    files = project.files()
    assert not files.keys() & set(unwanted)
    fresh = projects.texts(PRESENT, ANSWERS)
    assert files == {path: text for path, text in fresh.items() if path not in unwanted}


def test_removing_a_plugin_removes_its_file(projects: Projects, tmp_path: Path) -> None:
    project = projects.committed(OLDEST, ANSWERS, tmp_path / "shop")
    page = "auth/pages/accept-invitation.html"
    file = project.folder / page
    mine = file.read_text() + "<!-- of the shop -->\n"
    file.write_text(mine)
    project.commit("A page")
    fewer = [name for name in COMMON["plugins"] if name != "organization"]
    project.update(PRESENT, plugins=fewer)
    answers = {**ANSWERS, "plugins": fewer, "plugin_options": []}
    fresh = projects.texts(PRESENT, answers)
    assert project.files() == fresh | {KEPT: project.files()[KEPT]}
    assert git(project.folder, "show", f"HEAD:{page}") == mine
