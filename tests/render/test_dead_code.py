"""A new project has no code that only other answers would use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.answers import EVERYTHING, STACKS
from tests.some import some
from tests.template import render

ANSWERS: dict[str, dict[str, Any]] = {"nothing chosen": {}, "everything": EVERYTHING}

#: For the owner's code, or called by a framework.
FOR_OTHERS = {"default", "config", "metadata", "proxy", "register", "handler"}
EXPORT = re.compile(r"^export (?:async )?(?:function|const|class|type|interface) (\w+)", re.M)


def sources(project: Path, *suffixes: str) -> Iterator[tuple[Path, str]]:
    for path in sorted(project.rglob("*")):
        inside = path.relative_to(project).parts
        if path.suffix in suffixes and "packages" not in inside:
            yield path, path.read_text()


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("stack", STACKS)
def test_every_export_is_used(
    template: Path, tmp_path: Path, stack: str, answers: dict[str, Any]
) -> None:
    project = render(template, tmp_path / "app", {"stack": stack, "framework": "nextjs", **answers})
    texts = dict(sources(project, ".ts", ".tsx"))
    exported = set()
    for path, text in texts.items():
        if path.name in ("route.ts", "api-types.ts", "messages.ts"):
            continue
        elsewhere = "".join(other for place, other in texts.items() if place != path)
        names = {*EXPORT.findall(text)}
        exported |= names
        for name in names - FOR_OTHERS:
            uses = re.findall(rf"\b{name}\b", elsewhere) + re.findall(rf"\b{name}\b", text)[1:]
            assert uses, f"{path.relative_to(project)}: {name}"
    assert {"auth", "prisma", "currentSession"} <= exported


@pytest.mark.parametrize("answers", ANSWERS.values(), ids=ANSWERS)
def test_every_style_is_used(template: Path, tmp_path: Path, answers: dict[str, Any]) -> None:
    project = render(template, tmp_path / "app", {"stack": "typescript", **answers})
    pages = "".join(text for _, text in sources(project, ".html", ".js"))
    library = (project / "packages/better-auth-pages/forms.js").read_text()
    style = (project / "src/pages/style.css").read_text()
    selectors = re.findall(r"^[^{}]+(?= \{)", style, re.M)
    names = {name for text in selectors for name in re.findall(r"\.([a-z][\w-]*)", text)}
    for name in some(names):
        words = rf"[^\"]*(?<![\w-]){name}(?![\w-])[^\"]*"
        # The library adds some by itself.
        assert re.search(rf'class="{words}"', pages) or re.search(rf'"{words}"', library), name
