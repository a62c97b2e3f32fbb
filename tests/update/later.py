"""Later releases of the template, with other choices."""

from __future__ import annotations

from pathlib import Path

from tests.update.history import git, replaced
from tests.update.project import Projects


def cut(text: str, start: str, stop: str) -> str:
    """The text without the part from ``start`` up to the next ``stop``."""
    before, found, rest = text.partition(start)
    assert found and stop in rest, f"the template does not have: {start} … {stop}"
    return before + stop + rest.partition(stop)[2]


def release(projects: Projects, folder: Path, tag: str, texts: dict[str, str]) -> Projects:
    """A repository of the template, with a further release that has these texts."""
    git(folder.parent, "clone", "--quiet", str(projects.template), str(folder))
    for path, text in texts.items():
        (folder / path).write_text(text)
    git(folder, "commit", "--quiet", "--all", "--message", f"Release {tag}")
    git(folder, "tag", tag)
    renders = folder.with_name(f"{folder.name}-renders")
    renders.mkdir()
    return Projects(folder, renders)


def with_fewer_choices(template: Path) -> dict[str, str]:
    """Files of a release without two-factor, dynamic access control, SQLite and GitHub.

    In it multi-session is called several-sessions, Stripe's subscriptions billing, and Google
    google-account.
    """
    names = ("plugins", "providers", "social_providers", "answers")
    paths = {name: f"template/shared/{name}.jinja" for name in names}
    texts = {name: (template / path).read_text() for name, path in paths.items()}
    plugins = cut(texts["plugins"], '"two-factor": {', '"organization": {')
    plugins = cut(plugins, '"organization-dynamic-access-control": {', '    },\n    "typescript"')
    plugins = replaced(plugins, '"multi-session": {', '"several-sessions": {')
    plugins = replaced(
        plugins,
        '{"export": "multiSession"',
        '{"module": "better-auth/plugins/multi-session", "export": "multiSession"',
    )
    plugins = replaced(plugins, '"stripe-subscription": {', '"stripe-billing": {')
    catalogue = (template / "template/shared/catalogue.json").read_text()
    return {
        paths["plugins"]: plugins,
        paths["providers"]: cut(texts["providers"], '"sqlite": {', '"mysql": {'),
        paths["social_providers"]: replaced(
            cut(texts["social_providers"], '"github": {', '"google": {'),
            '"google": {',
            '"google-account": {',
        ),
        paths["answers"]: replaced(
            replaced(
                replaced(
                    texts["answers"],
                    '"plugins": {}',
                    '"plugins": {"multi-session": "several-sessions"}',
                ),
                '"plugin_options": {}',
                '"plugin_options": {"stripe-subscription": "stripe-billing"}',
            ),
            '"social_providers": {}',
            '"social_providers": {"google": "google-account"}',
        ),
        "template/shared/catalogue.json": catalogue.replace(
            '"stripe-subscription"', '"stripe-billing"'
        ),
    }


def with_a_question_more(template: Path) -> dict[str, str]:
    """Files of a release with an additional question."""
    questions = (template / "copier.yml").read_text()
    colour = "colour:\n  type: str\n  help: Which colour?\n  default: blue\n\n"
    return {"copier.yml": replaced(questions, "# --- What follows", f"{colour}# --- What follows")}
