"""Speeds Copier up in the tests' own processes, and in those that run this file as `copier`.

- Jinja compiles each text once; a render has two thousand, the same ones each time.
- Names of files and folders are rendered only if they contain an expression.
- Each ``copier.yml`` is parsed once; libyaml parses all YAML.
- Git is not asked for each file whether the file system has executable bits.
- Renders of a release share one clone, which they only read; an update alone would make four. Git
  is asked once for a clone's version.
- Git is not asked whether a template that is a plain folder is a bundle.

Compiled texts are compared without their paths, since clones contain the same files: a traceback
may name the file of an earlier clone.
"""

from __future__ import annotations

import copy
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import copier._main
import copier._template
import copier._vcs
import dunamai
import jinja2
import yaml
from copier._cli import CopierApp

_compile: Any = jinja2.Environment.compile
_compiled: dict[object, Any] = {}


def _compile_once(
    self: jinja2.Environment,
    source: Any,
    name: str | None = None,
    filename: str | None = None,
    raw: bool = False,
    defer_init: bool = False,
) -> Any:
    settings = (type(self), self.keep_trailing_newline, *self.extensions)
    key = (settings, source, name, raw, defer_init)
    if key not in _compiled:
        _compiled[key] = _compile(self, source, name, filename, raw, defer_init)
    return _compiled[key]


_clone: Any = getattr(copier._template, "clone")  # noqa: B009
_clones: dict[object, Path] = {}


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="template-clones-", ignore_cleanup_errors=True)


def _clone_once(url: str, ref: str = "HEAD", location: str | None = None) -> str:
    if ref == "HEAD" or location is None or not Path(url).is_dir():
        return str(_clone(url, ref, location))
    references = subprocess.run(["git", "show-ref"], cwd=url, capture_output=True).stdout
    key = (url, ref, references)
    if key not in _clones:
        clone = Path(_folder().name, str(len(_clones)))
        clone.mkdir()
        _clone(url, ref, str(clone))
        _clones[key] = clone
    # Copier removes the folder that it prepared for the clone, unless there is none.
    Path(location).rmdir()
    return str(_clones[key])


_from_git: Any = dunamai.Version.from_git
_versions: dict[Path, Any] = {}


def _from_git_once(*arguments: Any, **options: Any) -> Any:
    folder = Path.cwd()
    if folder not in _clones.values():
        return _from_git(*arguments, **options)
    if folder not in _versions:
        _versions[folder] = _from_git(*arguments, **options)
    return _versions[folder]


_is_bundle: Any = getattr(copier._vcs, "is_git_bundle")  # noqa: B009


def _is_bundle_file(path: Path) -> bool:
    return not path.is_dir() and bool(_is_bundle(path))


_render_string: Any = copier._main.Worker._render_string


def _render_if_needed(self: Any, string: str, extra_context: Any = None) -> str:
    if "{" in string or "\n" in string:
        return str(_render_string(self, string, extra_context))
    return string


_answers_relpath: Any = copier._main.Worker.answers_relpath


def _answers_relpath_if_needed(self: Any) -> Path:
    path = Path(self.answers_file or self.template.answers_relpath)
    return path if "{" not in str(path) else Path(_answers_relpath.fget(self))


_load: Any = getattr(copier._template, "load_template_config")  # noqa: B009
_loaded: dict[bytes, Any] = {}


def _load_once(conf_path: Path, quiet: bool = False) -> Any:
    text = conf_path.read_bytes()
    if b"!include" in text:
        return _load(conf_path, quiet)
    if text not in _loaded:
        _loaded[text] = _load(conf_path, quiet)
    return copy.deepcopy(_loaded[text])


def install() -> None:
    """Patches Copier and Jinja, for the rest of this process."""
    assert hasattr(copier._main, "is_git_available")
    setattr(jinja2.Environment, "compile", _compile_once)  # noqa: B010
    setattr(copier._main, "is_git_available", lambda: False)  # noqa: B010
    setattr(copier._template, "clone", _clone_once)  # noqa: B010
    setattr(copier._template, "load_template_config", _load_once)  # noqa: B010
    setattr(copier._main.Worker, "_render_string", _render_if_needed)  # noqa: B010
    setattr(copier._main.Worker, "answers_relpath", property(_answers_relpath_if_needed))  # noqa: B010
    setattr(dunamai.Version, "from_git", _from_git_once)  # noqa: B010
    setattr(yaml, "SafeLoader", yaml.CSafeLoader)  # noqa: B010
    setattr(copier._vcs, "is_git_bundle", _is_bundle_file)  # noqa: B010


if __name__ == "__main__":
    install()
    CopierApp.run()
