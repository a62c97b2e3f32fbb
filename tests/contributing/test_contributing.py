"""The commands of CONTRIBUTING.md work: a plugin, a provider, a version, a release."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import yaml
from copier import run_copy

from hooks.node import pins
from tests.contributing.clone import Clone, clone, commands

VERSIONS = "template/shared/versions.jinja"
CLIENT = "template/shared/better-auth-pages/client.js"
PLUGINS = "template/shared/plugins.jinja"
PROVIDERS = "template/shared/providers.jinja"
CATALOGUE = "template/shared/catalogue.json"


@pytest.fixture
def contributor(tmp_path: Path) -> Clone:
    return clone(tmp_path)


def entry(name: str) -> str:
    """A pattern that matches the lines of an entry of the data."""
    return rf'^  "{name}": \{{\n.*?^  \}},\n'


def test_the_checks_are_make_targets(contributor: Clone) -> None:
    """Uses `make --dry-run`, because the checks would run this test again."""
    [check] = commands()[""]
    assert "pytest" in contributor.run(f"{check} --dry-run")
    assert "pytest" in contributor.run("make --dry-run test test-updates")
    assert "uv" in contributor.run("make --dry-run --always-make install")


@pytest.mark.e2e
def test_a_plugin_is_one_entry(contributor: Clone, tmp_path: Path) -> None:
    """Removes two plugins and adds them again: only the order of tables differs.

    One is a package of its own with tables and a client, the other sends messages.
    """
    [derive] = commands()["Add a plugin"]
    chosen = "plugins=[passkey, phone-number]"

    data = contributor.cut(PLUGINS, entry("passkey"))
    contributor.cut(PLUGINS, entry("phone-number"))
    contributor.run(derive)
    assert {"docs/questions.md", CATALOGUE, CLIENT, PLUGINS} <= {*contributor.changed()}
    assert "@better-auth/passkey" not in (contributor.folder / CLIENT).read_text()
    for name in ("docs/questions.md", CATALOGUE):
        text = (contributor.folder / name).read_text()
        assert "`passkey`" not in text and '"passkey"' not in text, name
        assert "phone-number" not in text, name
    assert contributor.render(tmp_path / "without", chosen).returncode != 0

    (contributor.folder / PLUGINS).write_text(data)
    contributor.run(derive)
    assert contributor.changed() in ([], [CATALOGUE])
    rendered = contributor.render(tmp_path / "with", chosen)
    assert rendered.returncode == 0, rendered.stderr
    project = tmp_path / "with"
    assert "model Passkey" in (project / "prisma/schema.prisma").read_text()
    assert "    passkey()," in (project / "auth/auth.ts").read_text()
    assert "    passkeyClient()," in (project / "auth/auth-client.ts").read_text()
    assert '"@better-auth/passkey"' in (project / "package.json").read_text()
    assert 'kind: "phone-code"' in (project / "auth/messages.ts").read_text()
    assert '"phone-code": phone_code' in (project / "src/my_app/mail.py").read_text()


@pytest.mark.exhaustive
def test_a_provider_is_one_entry(contributor: Clone, tmp_path: Path) -> None:
    """Removes a provider whose types differ, and adds it again: without its entry it is refused."""
    [derive] = commands()["Add a provider"]
    chosen = ("provider=mysql", "database_url=mysql://root@127.0.0.1:3306/app")

    data = contributor.cut(PROVIDERS, entry("mysql"))
    contributor.run(derive)
    copies = [name for name in contributor.changed() if name.endswith("/providers.json")]
    assert len(copies) == 2
    assert all("mysql" not in (contributor.folder / name).read_text() for name in copies)
    # It has types of its own.
    assert CATALOGUE in contributor.changed()
    assert contributor.render(tmp_path / "without", *chosen).returncode != 0

    (contributor.folder / PROVIDERS).write_text(data)
    contributor.run(derive)
    assert contributor.changed() == []
    rendered = contributor.render(tmp_path / "with", *chosen)
    assert rendered.returncode == 0, rendered.stderr
    schema = (tmp_path / "with/prisma/schema.prisma").read_text()
    assert 'provider = "mysql"' in schema


@pytest.mark.exhaustive
def test_one_command_raises_versions(contributor: Clone) -> None:
    """Also where this repository uses the package; the former better-auth stays for the tests."""
    asking, raising, check = commands()["Raise versions"]
    assert "pytest" in contributor.run(f"{check} --dry-run")
    present = pins()["versions"]
    outdated = [
        (VERSIONS, f'"httpx": "{present["python"]["httpx"]}"', '"httpx": "0.27.0"'),
        (VERSIONS, f'"better-auth": "{present["npm"]["better-auth"]}"', '"better-auth": "1.7.24"'),
        ("pyproject.toml", f'"httpx=={present["python"]["httpx"]}"', '"httpx==0.27.0"'),
    ]
    for name, new, old in outdated:
        file = contributor.folder / name
        assert file.read_text().count(new) == 1
        file.write_text(file.read_text().replace(new, old))
    edited = contributor.changed()
    for command in (asking, raising):
        assert contributor.changed() == edited
        printed = [line.split()[:3] for line in contributor.run(command).splitlines()]
        assert ["python", "httpx", "0.27.0"] in printed
        assert ["npm", "better-auth", "1.7.24"] in printed
    for name, _, old in outdated:
        assert old not in (contributor.folder / name).read_text()
    assert "\nhttpx==0.27.0" not in (contributor.folder / "requirements-dev.txt").read_text()
    kept = contributor.folder / "hooks/releases/1.7.24.json"
    assert json.loads(kept.read_text())["better-auth"] == "1.7.24"
    assert (contributor.folder / "tests/update/catalogues/1.7.24.json").exists()


def test_a_project_has_several_text_messages(contributor: Clone, tmp_path: Path) -> None:
    """Both stacks name each of them, and what sends them once."""
    plugins = contributor.folder / PLUGINS
    label = '    "label": "sign in with a user name",\n'
    code = 'enqueue({ kind: "hint", to: "", data: {}, minutes: 5 });'
    message = f'    "messages": {{"hint": {{"text": "A hint.", "code": \'{code}\'}}}},\n'
    plugins.write_text(plugins.read_text().replace(label, label + message, 1))
    chosen = "plugins=[username, phone-number]"
    assert contributor.render(tmp_path / "shop", chosen).returncode == 0
    python = (tmp_path / "shop/src/my_app/mail.py").read_text()
    [sender] = [
        node
        for node in ast.walk(ast.parse(python))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Sender"
    ]
    [texts] = [each.value for each in sender.keywords if each.arg == "texts"]
    assert ast.unparse(texts) == "{'hint': hint, 'phone-code': phone_code}"
    assert contributor.render(tmp_path / "other", chosen, "stack=typescript").returncode == 0
    typescript = (tmp_path / "other/src/lib/mail.ts").read_text()
    assert typescript.count("texts: {") == typescript.count("textTransport") == 1
    assert '"phone-code": (data) =>' in typescript and "hint: (data) =>" in typescript


def test_a_release_is_a_tag(contributor: Clone, tmp_path: Path) -> None:
    for command in commands()["Release"]:
        contributor.run(command)
    assert contributor.run(f"git -C '{contributor.origin}' tag").split() == ["1.0.0"]
    contributor.run(
        "git commit --quiet --allow-empty --message later && git push --quiet origin main"
    )
    run_copy(str(contributor.origin), tmp_path / "app", defaults=True, quiet=True)
    answers = yaml.safe_load((tmp_path / "app" / ".copier-answers.yml").read_text())
    assert answers["_commit"] == "1.0.0"


def test_every_section_is_followed() -> None:
    followed = {"", "Add a plugin", "Add a provider", "Raise versions", "Release"}
    assert {title for title, found in commands().items() if found} == followed
