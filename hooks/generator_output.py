"""Parses the output of the official generator: Prisma models in a regular form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Model:
    """The fields of a model, by name, as (type, attributes), and its block attributes in order."""

    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    attributes: list[str] = field(default_factory=list)


def parse(schema: str) -> dict[str, Model]:
    """The models of a schema.

    Single-column uniques become ``@unique`` of the field. It has the same meaning, also to the
    generator, and cannot conflict with other lines at the end of the block.

    Raises:
        ValueError: a line has none of the forms that the generator writes.
    """
    models: dict[str, Model] = {}
    for name, body in re.findall(r"^model (\w+) \{\n(.*?)^\}", schema, re.M | re.S):
        model = models[name] = Model()
        for line in filter(None, map(str.strip, body.splitlines())):
            if unique := re.fullmatch(r"@@unique\(\[(\w+)\]\)", line):
                type_, attributes = model.fields[unique[1]]
                model.fields[unique[1]] = (type_, f"@unique {attributes}".strip())
            elif line.startswith("@@"):
                model.attributes.append(line)
            elif row := re.fullmatch(r"(\w+) +(\S+)(?: +(@.*))?", line):
                model.fields[row[1]] = (row[2], row[3] or "")
            else:
                raise ValueError(f"The generator wrote a line that is not known: {line}")
    return models
