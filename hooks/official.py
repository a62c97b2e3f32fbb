"""The official generator's output for each feature: its additions to the features that it needs.

A feature is a plugin, an option of a plugin that adds to the schema, or an option of better-auth
itself, in the order of the catalogue. Plugins are constructed as in a project's ``auth.ts``.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from hooks import data, node
from hooks.generator_output import Model, parse

HOOKS = Path(__file__).resolve().parent
PROVIDERS = list(data.providers())


def _features() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, plugin in data.plugins().items():
        code = plugin.typescript
        module = code.package or "better-auth/plugins"
        imports = {module: f"{{ {code.export} }}", **code.imports}
        what = {"text": code.text} if code.text else {"export": code.export}
        yield name, {**what, "arguments": code.arguments, "imports": imports}
        for option, entry in plugin.options.items():
            added = entry.typescript
            own = {"arguments": added.arguments, "imports": added.imports}
            yield option, {"plugin": name, **own}
    yield "rate-limit", {"options": "{ rateLimit: { storage: 'database' } }"}


FEATURES: dict[str, dict[str, Any]] = dict(_features())

#: The features that a feature needs: what these add is not its own.
NEEDS = {name: plugin.requires for name, plugin in data.plugins().items()} | {
    name: option.requires
    for plugin in data.plugins().values()
    for name, option in plugin.options.items()
}


def foundation(feature: str) -> list[str]:
    """The features that a feature needs, and those that these need."""
    below = [FEATURES[feature]["plugin"]] if "plugin" in FEATURES[feature] else []
    for needed in NEEDS.get(feature, []):
        below += [name for name in [*foundation(needed), needed] if name not in below]
    return below


def ask(questions: list[dict[str, Any]], versions: dict[str, str]) -> list[Any]:
    """The official generator's schemas for ``{provider, features}``, in that order.

    Raises:
        RuntimeError: it failed; contains its output.
    """
    process, stderr = _generator(node.install(versions))
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps({"features": FEATURES, "questions": questions}) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        _generator.cache_clear()
        stderr.seek(0)
        raise RuntimeError(stderr.read())
    answers: list[Any] = json.loads(line)
    return answers


@cache
def _generator(folder: Path) -> tuple[subprocess.Popen[str], IO[str]]:
    """A process with the generator of these packages, which ends with this process; its stderr."""
    stderr = TemporaryFile("w+")  # noqa: SIM115 - as long as the process
    command = ["node", "--input-type=module", "--eval", (HOOKS / "official.mjs").read_text()]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=node.environment(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
    )
    return process, stderr


def official_models(versions: dict[str, str]) -> dict[str, dict[str, dict[str, Model]]]:
    """The models by feature and provider: what the feature adds to them; for core, all of them."""
    names = ["core", *FEATURES]
    questions = []
    for name in names:
        below = [] if name == "core" else foundation(name)
        own = [] if name == "core" else [name]
        for provider in PROVIDERS:
            questions += [
                {"provider": provider, "features": below},
                {"provider": provider, "features": below + own},
            ]
    answers = iter(ask(questions, versions))
    models: dict[str, dict[str, dict[str, Model]]] = {}
    for name in names:
        models[name] = {}
        for provider in PROVIDERS:
            before, after = parse(next(answers)), parse(next(answers))
            models[name][provider] = after if name == "core" else added(before, after)
    return models


def added(before: dict[str, Model], after: dict[str, Model]) -> dict[str, Model]:
    """The additions of the second schema to the first one."""
    result = {}
    for name, model in after.items():
        known = before.get(name, Model())
        fields = {key: value for key, value in model.fields.items() if key not in known.fields}
        attributes = [line for line in model.attributes if line not in known.attributes]
        if fields or attributes:
            result[name] = Model(fields, attributes)
    return result
