"""Random edits of a schema, as owners make them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

_SCALAR = re.compile(r"\s+(\w+)\s+(String|Int|BigInt|Boolean|DateTime|Json)(\[\])?(\?)?(\s|$)")


@dataclass
class Edited:
    """A schema under edit: its blocks, each with the lines above it."""

    blocks: list[list[str]]
    chance: Random
    #: removed fields, as ``model.column``
    removed: set[str] = field(default_factory=set)
    #: the configuration that auth.ts now needs: fields and models by their former names
    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    newline: str = "\n"

    @property
    def models(self) -> list[list[str]]:
        return [block for block in self.blocks if _head(block).startswith("model ")]

    def some(self, block: list[str], wanted: Callable[[str], object]) -> list[int]:
        """A random third of a block's matching lines, without the first and last one."""
        last = max(n for n, line in enumerate(block) if line.startswith("}"))
        inner = range(block.index(_head(block)) + 1, last)
        return [n for n in inner if wanted(block[n]) and self.chance.random() < 0.3]


def edited(schema: str, chance: Random) -> tuple[list[str], Edited]:
    """A schema's files after random edits, and what was edited."""
    one = Edited(_blocks(schema), chance)
    for edit in chance.sample(EDITS, chance.randint(1, 6)):
        edit(one)
    ends = chance.choice(["\n", "\n", ""])
    files: list[list[list[str]]] = [[] for _ in range(chance.choice([1, 1, 2, 3]))]
    for block in one.blocks:
        chance.choice(files).append(block)
    texts = ["\n\n".join("\n".join(block) for block in blocks) for blocks in files if blocks]
    return [(text + ends).replace("\n", one.newline) for text in texts], one


def configured(described: Any, one: Edited) -> Any:
    """The needs of better-auth if auth.ts has the edited names."""
    for table in described["tables"]:
        model = singular(table["key"])
        table["name"] = one.names.get(model, table["name"])
        renamed = {key: new for (owner, key), new in one.fields.items() if owner == model}
        for entry in table["fields"]:
            entry["name"] = renamed.get(entry["key"], entry["name"])
        for index in table["indexes"]:
            index["columns"] = [renamed.get(column, column) for column in index["columns"]]
    return described


def singular(model: str) -> str:
    """A model's name without the differences that a rename may make."""
    return model.removesuffix("s").lower()


def _blocks(schema: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in schema.splitlines():
        if line or blocks[-1]:
            blocks[-1].append(line)
        if line == "}":
            blocks.append([])
    last = blocks.pop()  # the lines below all blocks
    blocks[-1] += ["", *last] if last else []
    return blocks


def _head(block: list[str]) -> str:
    return next(
        line for line in block if re.match(r"(model|enum|generator|datasource) \w+ {", line)
    )


def _name(block: list[str]) -> str:
    return _head(block).split()[1]


# --- edits ------------------------------------------------------------------------------------


def remove_fields_and_indexes(one: Edited) -> None:
    text = "\n".join(line for block in one.blocks for line in block)
    elsewhere = set(re.findall(r"references: \[(\w+)\]", text))
    for block in one.models:
        text = "\n".join(block)
        used = set(re.findall(r"[\[ ](\w+)[\],(]", "\n".join(re.findall(r"\[.*?\]", text))))
        for number in reversed(one.some(block, lambda line: "@@index" in line)):
            del block[number]
        for number in reversed(one.some(block, _SCALAR.match)):
            found = _SCALAR.match(block[number])
            is_missed = found and not found[4] and "@default" not in block[number]
            if is_missed and one.chance.random() < 0.9:
                continue  # it would have to be restored by hand
            if found and found[1] not in used | elsewhere:
                mapped = re.search(r'@map\("(\w+)"\)', block[number])
                column = mapped[1] if mapped else found[1]
                one.removed.add(f"{singular(_name(block))}.{column}")
                one.fields.pop((singular(_name(block)), column), None)
                del block[number]


def reorder_fields(one: Edited) -> None:
    for block in one.models:
        places = one.some(block, lambda line: re.match(r"\s+\w+ +\w", line))
        lines = [block[n] for n in places]
        one.chance.shuffle(lines)
        for place, line in zip(places, lines, strict=True):
            block[place] = line


def rename_fields(one: Edited) -> None:
    """Renames fields with ``@map``, and the references in the same model."""
    text = "\n".join(line for block in one.blocks for line in block)
    elsewhere = set(re.findall(r"references: \[(\w+)\]", text))
    for block in one.models:
        for number in one.some(block, _SCALAR.match):
            found = _SCALAR.match(block[number])
            if not found or found[1] in elsewhere or "@map" in block[number]:
                continue
            name = found[1]
            new = re.sub(r"([A-Z])", r"_\1", name).lower()
            new = new if new != name else f"the_{name}"
            taken = any(re.match(rf"\s+{new}\s", line) for line in block)
            if taken:
                continue
            one.fields[singular(_name(block)), name] = new
            block[number] = re.sub(rf"^(\s+){name}\b", rf"\g<1>{new}", block[number])
            code, mark, comment = re.split(r"( /[/*]|$)", block[number], maxsplit=1)
            block[number] = f'{code.rstrip()} @map("{name}"){mark}{comment}'
            for other, line in enumerate(block):
                if re.search(r"@@|fields:", line):
                    block[other] = re.sub(
                        r"(@@\w+\(|fields: )(\[.*?\])",
                        lambda m, n=name, w=new: m[1] + re.sub(rf"\b{n}\b", w, m[2]),  # type: ignore[misc]
                        line,
                    )


def rename_relations(one: Edited) -> None:
    for block in one.models:
        lists = re.compile(r"(\s+)(\w+)(\s+[A-Z]\w+\[\])")
        for number in one.some(block, lists.match):
            block[number] = lists.sub(r"\g<1>our_\g<2>\g<3>", block[number], count=1)


def rename_models(one: Edited) -> None:
    for name in one.chance.sample(["Session", "Account", "Verification", "TwoFactor", "Member"], 2):
        new = one.chance.choice([name[0].lower() + name[1:], f"{name}s"])
        if any(_name(block) == name for block in one.models):
            one.names[singular(name)] = new[0].lower() + new[1:]
        for block in one.blocks:
            for number, line in enumerate(block):
                block[number] = re.sub(
                    rf"^(model |\s*\w+\s+){name}\b(?=[\s\[?])", rf"\g<1>{new}", line
                )


def comment(one: Edited) -> None:
    texts = [
        "// ours",
        "// model Session {",
        "// @@index([userId])",
        "/// what it is for",
        "/* } */",
    ]
    for block in one.blocks:
        for number in reversed(one.some(block, lambda line: True)):
            block.insert(number, f"  {one.chance.choice(texts)}")
        if one.chance.random() < 0.3:
            block[0:0] = ["/*", " * model Account {", " *   role String", " */"]


def comment_behind(one: Edited) -> None:
    for block in one.blocks:
        for number in one.some(block, lambda line: line.strip() and "//" not in line):
            block[number] += one.chance.choice([" // why", "  //", " // @unique { [", " /* x */"])


def indent(one: Edited) -> None:
    width = one.chance.choice(["\t", "    ", " ", ""])
    for block in one.blocks:
        block[:] = [re.sub(r"^  (?=\S)", width, line) for line in block]


def spread(one: Edited) -> None:
    for block in one.models:
        for number in one.some(block, lambda line: line.strip()):
            block[number] = re.sub(r"(?<=\w) +(?=\w)", "   ", block[number], count=1)
            block[number] += one.chance.choice(["", "  ", "\t"])


def use_windows(one: Edited) -> None:
    one.newline = "\r\n"


def close_up(one: Edited) -> None:
    """Removes the blank lines within blocks."""
    for block in one.blocks:
        block[:] = [line for line in block if line.strip()]


def forget_the_layout(one: Edited) -> None:
    """Removes the template's comments that mark reserved places."""
    for block in one.blocks:
        block[:] = [line for line in block if not line.strip().startswith("//")]


def make_uniques_inline(one: Edited) -> None:
    for block in one.models:
        for number in reversed(
            one.some(block, lambda line: re.match(r"\s*@@unique\(\[\w+\]\)", line))
        ):
            name = re.search(r"\[(\w+)", block[number])
            place = next(
                (n for n, line in enumerate(block) if name and re.match(rf"\s+{name[1]}\s", line)),
                None,
            )
            if place is not None and "//" not in block[place]:
                block[place] += " @unique"
                del block[number]


def name_indexes(one: Edited) -> None:
    for number, block in enumerate(one.models):
        for line in one.some(block, lambda line: re.match(r"\s*@@index\(\[\w+\]\)", line)):
            block[line] = block[line].replace("])", f'], map: "own_{number}_{line}")', 1)


def add_own(one: Edited) -> None:
    user = next(block for block in one.models if _name(block) == "User")
    place = user.index(_head(user)) + 1
    user[place:place] = [
        "  notes  Note[]",
        "  colour Colour @default(RED)",
        "  points Int    @default(0)",
    ]
    one.blocks.insert(
        one.chance.randint(0, len(one.blocks)),
        [
            "model Note {",
            "  id     String @id @default(cuid())",
            '  text   String @default("} // { @@map(")',
            "  userId String",
            "  user   User   @relation(fields: [userId], references: [id])",
            "}",
        ],
    )
    one.blocks.append(["enum Colour {", "  RED", '  BLUE @map("blue") // {', "}"])


EDITS: list[Callable[[Edited], None]] = [
    remove_fields_and_indexes,
    remove_fields_and_indexes,
    reorder_fields,
    rename_fields,
    rename_relations,
    rename_models,
    comment,
    comment_behind,
    indent,
    spread,
    use_windows,
    close_up,
    forget_the_layout,
    make_uniques_inline,
    name_indexes,
    add_own,
]
