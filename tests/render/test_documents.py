"""The repository's documents: links and commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.some import some
from tests.template import REPOSITORY

DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
COMMAND = re.compile(r"^\s*\$ ((?:.*\\\n)*.*)$", re.MULTILINE)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
#: Makes files of the reader's; `tests/recipes` follows it.
RECIPES = "recipes.md"


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub generates for a document's headings."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_point_to_files_and_headings(document: Path) -> None:
    for file, anchor in LINK.findall(document.read_text()):
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), file
        assert not anchor or anchor in anchors(target), f"{file}#{anchor}"


def test_links_and_commands_are_recognized() -> None:
    text = "".join(document.read_text() for document in DOCUMENTS)
    assert any(file and anchor for file, anchor in LINK.findall(text))
    commands = {command.partition("  ")[0] for command in COMMAND.findall(text)}
    assert {"make test", "make bench"} <= commands


def test_every_document_is_one_click_from_the_readme() -> None:
    linked = {file for file, _ in LINK.findall((REPOSITORY / "README.md").read_text())}
    documents = {str(document.relative_to(REPOSITORY)) for document in DOCUMENTS}
    assert documents - {"README.md"} <= linked


def test_the_readme_is_short() -> None:
    assert len((REPOSITORY / "README.md").read_text().splitlines()) <= 150


def test_the_readme_shows_every_picture_and_all_are_small() -> None:
    """`make pictures` renews them."""
    readme = (REPOSITORY / "README.md").read_text()
    shown = set(re.findall(r'(?:src="|\]\()(docs/pictures/[^")]+)', readme))
    pictures = [*(REPOSITORY / "docs/pictures").iterdir()]
    assert shown == {picture.relative_to(REPOSITORY).as_posix() for picture in pictures}
    assert all(picture.stat().st_size <= 60_000 for picture in some(pictures))


@pytest.mark.parametrize("picture", some((REPOSITORY / "docs/pictures").glob("*.svg")))
def test_svg_pictures_load_nothing_and_contain_no_paths(picture: Path) -> None:
    text = picture.read_text()
    assert not re.search(r"url\((?!#)|href|<script|/(?:home|root|tmp|work)/", text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_targets_and_modules_in_commands_exist(document: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    for command in COMMAND.findall(document.read_text()):
        words = shlex.split(command, comments=True)
        if words[:1] == ["make"]:
            for target in (word for word in words[1:] if "=" not in word):
                assert re.search(rf"^{target}:", makefile, re.MULTILINE), command
        if words[1:2] == ["-m"]:
            assert REPOSITORY.joinpath(*words[2].split(".")).with_suffix(".py").exists(), command


@pytest.fixture(scope="module")
def sources() -> dict[Path, str]:
    """The text of the files that the documents describe, by path."""
    folders = [REPOSITORY / name for name in ("template", "hooks", "tests")]
    found = [REPOSITORY / "copier.yml", REPOSITORY / "Makefile"]
    found += [path for folder in folders for path in folder.rglob("*")]
    left_out = {"node_modules", "__pycache__"}
    return {
        path.relative_to(REPOSITORY): path.read_text(encoding="utf-8", errors="ignore")
        for path in found
        if path.is_file() and not left_out & {*path.parts}
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_settings_and_flags_exist(document: Path, sources: dict[Path, str]) -> None:
    names = {path.name.removesuffix(".jinja") for path in sources}
    text = "".join(sources.values())
    for word in (word for code in CODE.findall(document.read_text()) for word in code.split()):
        if re.fullmatch(r"[\w./-]+\.(py|ts|mjs|jinja|prisma|yml|yaml)", word):
            name = word.split("/")[-1].removesuffix(".jinja")
            assert name in names or word in text or document.name == RECIPES, word
        elif re.fullmatch(r"--[a-z-]{4,}|[A-Z]+_[A-Z_]+", word):
            assert word in text, word


def test_there_are_links_and_commands_to_check() -> None:
    texts = [document.read_text() for document in DOCUMENTS]
    assert any(map(LINK.search, texts))
    assert any(command.startswith("make ") for text in texts for command in COMMAND.findall(text))
    assert any(code.endswith(".py") for text in texts for code in CODE.findall(text))
    assert any(" -m " in command for text in texts for command in COMMAND.findall(text))
