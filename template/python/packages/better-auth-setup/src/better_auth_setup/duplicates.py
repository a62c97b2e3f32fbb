"""Removes duplicates from the Prisma schema that *generate* and an update both added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from better_auth_setup.generate.document import parse
from better_auth_setup.generate.files import replace_files, schema_text
from better_auth_setup.problem import Problem
from better_auth_setup.project import Project

_STRING_OR_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//.*')
#: Comments that the template writes.
_HEADING = re.compile(r"// ([\w-]+|.* go below this line\.)")


def drop(project: Project) -> list[str]:
    """Removes duplicates that differ only in comments and alignment; returns what it removed.

    Raises:
        Problem: something is defined twice in different ways; nothing was removed.
        OSError: a schema file cannot be written; nothing was removed.
    """
    old, new, done = _texts(project)
    if left := _left(new):
        raise Problem(f"{' '.join(left)} Keep one of each and run setup again.")
    replace_files({path: text for path, text in new.items() if text != old[path]})
    return done


def find(project: Project) -> list[str]:
    """What `drop` would remove or refuse, in sentences; changes nothing."""
    _, new, done = _texts(project)
    return _left(new) or [f"{sentence}: setup removes one." for sentence in done]


def without_duplicates(text: str) -> tuple[str, list[str]]:
    """A schema without duplicate models, fields and attributes.

    Of two duplicates, the one with a comment stays, else the first.

    Returns:
        The schema, and a sentence for each duplicate that was removed.
    """
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    done = []
    while found := next(_duplicates(lines), None):
        gone, sentence = found
        lines = _without(lines, gone)
        done.append(sentence)
    return "".join(lines), done


def _duplicates(lines: list[str]) -> Iterator[tuple[range, str]]:
    """The lines of each duplicate that can be removed, with a sentence that names it."""
    known: dict[str, range] = {}
    for block in parse(Path("schema.prisma"), "".join(lines)).blocks:
        spans = [(one.name, range(one.line, one.line + 1)) for one in block.fields]
        spans += [(text, range(first, last + 1)) for text, first, last in block.attributes]
        inside: dict[str, range] = {}
        for name, span in spans:
            other = inside.setdefault(name, span)
            if other is span or _meaning(lines, other) != _meaning(lines, span):
                continue
            if (gone := _lesser(lines, other, span)) is not None:
                yield gone, f"{block.name}.{name} was defined twice"
        span = range(block.start, block.end + 1)
        other = known.setdefault(block.name, span)
        if other is not span:
            one, two = _meaning(lines, other), _meaning(lines, span)
            if two <= one and (gone := _lesser(lines, other, span)) is not None:
                yield gone, f"{block.name} was defined twice"
            elif one < two and not _comments(lines, other):
                yield other, f"{block.name} was defined twice"


def _lesser(lines: list[str], first: range, second: range) -> range | None:
    """The one of two duplicates that can be removed without losing a comment, or None."""
    if _comments(lines, second) <= _comments(lines, first):
        return second
    is_whole = _meaning(lines, first) == _meaning(lines, second)
    return first if is_whole and not _comments(lines, first) else None


def _meaning(lines: list[str], span: range) -> set[str]:
    """The lines without comments and alignment."""
    bare = (_STRING_OR_COMMENT.sub(r"\1", lines[number]) for number in span)
    return {" ".join(line.split()) for line in bare if line.strip()}


def _comments(lines: list[str], span: range) -> set[str]:
    """The comments of a span, without those that the template writes."""
    found = (_STRING_OR_COMMENT.finditer(lines[number]) for number in span)
    texts = {one[0].strip() for line in found for one in line if one[1] is None}
    return {text for text in texts if not _HEADING.fullmatch(text)}


def _without(lines: list[str], gone: range) -> list[str]:
    """Removes lines, and the heading or blank line above them if nothing is left below it."""
    before, after = lines[: gone.start], lines[gone.stop :]
    is_last = not after or not after[0].strip() or after[0].strip() == "}"
    heading = before[-1] if before and _HEADING.fullmatch(before[-1].strip()) else None
    opened = max((n for n, line in enumerate(before) if line.rstrip().endswith("{")), default=0)
    is_repeated = heading in before[opened:-1]
    if heading and (is_last or is_repeated):
        before.pop()
    if before and not before[-1].strip() and (is_last or is_repeated):
        before.pop()
    return before + after


def _texts(project: Project) -> tuple[dict[Path, str], dict[Path, str], list[str]]:
    """The schema's files before and after, and a sentence for each removed duplicate."""
    old = {path: schema_text(path) for path in project.schema_files()}
    new, done = {}, []
    for path, text in old.items():
        new[path], sentences = without_duplicates(text)
        done += sentences
    return old, new, done


def _left(texts: Mapping[Path, str]) -> list[str]:
    """What is defined twice in all of the files together."""
    names, found = [], []
    for path, text in texts.items():
        for block in parse(path, text).blocks:
            if block.kind in ("model", "enum", "type", "view"):
                names.append(block.name)
            fields = [one.name for one in block.fields]
            found += [f"{block.name}.{name}" for name in _twice(fields)]
    return [f"{name} is defined twice, differently." for name in [*_twice(names), *found]]


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
