"""A three-way merge of schemas by models and fields, for updates that conflict line by line.

It starts from the edited schema and applies the release's changes. Something that the release
removes is removed only if it was not edited, and together with the other side of its relation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from better_auth_setup.generate.document import Block, Document, parse
from better_auth_setup.generate.merge_lines import Line, Side, comment_above, insertion_of, runs


@dataclass
class Merged:
    """The merged schema, and what was done, in sentences."""

    text: str
    done: list[str] = field(default_factory=list)
    #: changes of the release that were not applied, because the user had edited the same lines
    held_back: list[str] = field(default_factory=list)


def merge(base: str, mine: str, new: str) -> Merged:
    """Applies the changes between two releases to an edited schema.

    Args:
        base: the schema of the old release.
        mine: the edited schema.
        new: the schema of the new release.

    Raises:
        ValueError: one of them has a line that is not Prisma, so that they cannot be compared.
    """
    documents = [parse(Path("schema.prisma"), text) for text in (base, mine, new)]
    for document in documents:
        unknown = [*document.unknown, *(n for block in document.blocks for n in block.unknown)]
        if unknown:
            raise ValueError(f"line {unknown[0] + 1}: {document.lines[unknown[0]].strip()!r}")
    return _Merge(*documents).run()


class _Merge:
    def __init__(self, base: Document, mine: Document, new: Document) -> None:
        self._mine = mine
        self._base_side, self._new_side = Side(base), Side(new)
        self._mine_side = Side(mine, like=(self._base_side, self._new_side))
        self._before: dict[int, list[str]] = {}
        self._after: dict[int, list[str]] = {}
        self._instead: dict[int, str] = {}
        self._gone: set[int] = set()
        self._result = Merged("")

    def run(self) -> Merged:
        held = self._held()
        for name, block in self._new_side.blocks.items():
            if name in self._mine_side.blocks:
                self._update(name, held)
            elif name in self._base_side.blocks:
                if self._base_side.texts(name) != self._new_side.texts(name):
                    self._result.held_back.append(f"{name} is not in this file any more")
            else:
                self._add_block(block)
        for name in self._base_side.blocks:
            if name not in self._new_side.blocks and name in self._mine_side.blocks:
                self._remove_block(name, held)
        self._result.text = self._text()
        return self._result

    # --- removals ----------------------------------------------------------------------------

    def _leaving(self, name: str) -> dict[str, Line]:
        """The lines of a block that the new release no longer has."""
        staying = self._new_side.lines(name)
        return {key: one for key, one in self._base_side.lines(name).items() if key not in staying}

    def _held(self) -> set[str]:
        """The blocks that keep lines that the release removes, as the owner's lines need them."""
        both = [name for name in self._base_side.blocks if name in self._mine_side.blocks]
        leaving = {name: self._leaving(name) for name in both}
        held = {name for name in both if self._is_built_on(name, leaving[name])}
        for name in self._mine_side.blocks:
            for key, line in self._mine_side.lines(name).items():
                if key not in leaving.get(name, {}) and line.type not in self._new_side.blocks:
                    held |= {line.type} & set(both)
        while True:
            linked = {
                other
                for name in both
                for line in leaving[name].values()
                for one, other in ((name, line.type), (line.type, name))
                if one in held and other in leaving and leaving[other]
            }
            if linked <= held:
                return held
            held |= linked

    def _is_built_on(self, name: str, leaving: dict[str, Line]) -> bool:
        own = self._mine_side.lines(name)
        if any(key in own and own[key].text != line.text for key, line in leaving.items()):
            return True
        staying = [line for key, line in own.items() if key not in leaving]
        if leaving and name not in self._new_side.blocks and staying:
            return True
        names = {own[key].name for key in leaving if key in own and own[key].name}
        return any(names & line.names for line in staying)

    def _remove_block(self, name: str, held: set[str]) -> None:
        if name in held:
            self._result.held_back.append(f"{name} is not needed any more, but was edited")
            return
        block = self._mine_side.blocks[name]
        first = comment_above(self._mine, block.start)
        self._gone.update(range(first, block.end + 1))
        self._result.done.append(f"{name} was removed")

    # --- additions and changes ---------------------------------------------------------------

    def _update(self, name: str, held: set[str]) -> None:
        base, new = self._base_side.lines(name), self._new_side.lines(name)
        mine = self._mine_side.lines(name)
        added, changed, removed = [], [], []
        for key, line in new.items():
            if key in mine and key in base and line.text != base[key].text:
                if mine[key].text == base[key].text:
                    self._instead[mine[key].number] = self._mine_side.renamed(line, name)
                    changed.append(line.label)
                elif mine[key].text != line.text:
                    self._hold(name, line)
            elif key in mine and key not in base and line.name and mine[key].text != line.text:
                self._hold(name, line)
        for run in runs(self._new_side, name, known={*base, *mine}):
            texts = [self._mine_side.renamed(line, name) for line in run.lines]
            place, texts, behind = insertion_of(run, texts, self._mine_side, name, {*base})
            (self._after if behind else self._before).setdefault(place, []).extend(texts)
            added += [line.label for line in run.lines if line.label]
        for key, line in self._leaving(name).items():
            if key not in mine:
                continue
            if name in held:
                if line.label:
                    self._result.held_back.append(f"{name}: {line.label} is not needed any more")
            else:
                self._gone.add(mine[key].number)
                removed.append(line.label)
        for word, labels in (("added", added), ("changed", changed), ("removed", removed)):
            if any(labels):
                self._result.done.append(f"{name}: {word} {', '.join(filter(None, labels))}")

    def _hold(self, name: str, line: Line) -> None:
        self._result.held_back.append(
            f"{name}: the release has `{line.text}`, but you have edited it"
        )

    def _add_block(self, block: Block) -> None:
        new, order = self._new_side.document, list(self._new_side.blocks)
        first = comment_above(new, block.start)
        lines = [line.rstrip("\r\n") for line in new.lines[first : block.end + 1]]
        for line in self._new_side.lines(block.name).values():
            lines[line.number - first] = self._mine_side.renamed(line, block.name)
        later = order[order.index(block.name) + 1 :]
        following = [self._mine_side.blocks[name] for name in later if name in self._mine_side]
        if following:
            place = comment_above(self._mine, following[0].start)
            self._before.setdefault(place, []).extend([*lines, ""])
        else:
            self._after.setdefault(len(self._mine.lines) - 1, []).extend(["", *lines])
        self._result.done.append(f"{block.name} was added")

    # --- the result --------------------------------------------------------------------------

    def _text(self) -> str:
        """The merged text, without blank lines that removals left behind."""
        result: list[str] = []
        for number, line in enumerate(self._mine.lines):
            end = self._mine.line_end(number)
            result += [text + end for text in self._before.get(number, [])]
            is_blank = not line.strip()
            if number in self._gone:
                continue
            if is_blank and (number - 1 in self._gone or number - 1 in self._after):
                opened = not result or not result[-1].strip() or result[-1].rstrip().endswith("{")
                if opened:
                    continue
            if line.strip() == "}" and number - 1 in self._gone and not result[-1].strip():
                result.pop()
            if number in self._instead:
                line = self._instead[number] + end
            result.append(line if line.endswith("\n") or number not in self._after else line + end)
            result += [text + end for text in self._after.get(number, [])]
        return "".join(result)
