"""The template's data as Python types: an entry of a plugin, a database, a social provider.

``template/shared`` holds it as Jinja, which has no schema; loading it here checks it against one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import jinja2
from jinja2_ansible_filters import AnsibleCoreFiltersExtension
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

REPOSITORY = Path(__file__).resolve().parent.parent

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Setting = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$")]
Property = Annotated[str, Field(pattern=r"^[a-z][A-Za-z]*$")]
Text = Annotated[str, Field(min_length=1, pattern=r"^\S(.*\S)?$")]
NativeType = Annotated[str, Field(pattern=r"^@db\.\w+(\(\w+\))?$")]
Link = Annotated[str, Field(pattern=r"^https://\S+$")]


class _Entry(BaseModel):
    """The base of all entries: forbids unknown keys, and converts nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OptionCode(_Entry):
    """What an option adds to its plugin in ``auth.ts`` and ``auth-client.ts``."""

    arguments: list[str] = []
    imports: dict[str, str] = {}
    client_arguments: list[str] = []


class PluginCode(OptionCode):
    """How ``auth.ts`` and ``auth-client.ts`` construct a plugin."""

    export: str
    package: str = ""
    module: str = ""
    text: str = ""
    env: dict[Setting, Text] = {}
    transaction: bool = False
    comment: str = ""
    client: str = ""
    client_type: str = ""
    client_comment: str = ""

    @model_validator(mode="after")
    def _is_clear(self) -> PluginCode:
        if self.package and self.module:
            raise ValueError("leave out module: a plugin with a package is imported from that")
        if self.text and self.arguments:
            raise ValueError("leave out arguments: text is the whole entry")
        if not self.client and (self.client_arguments or self.client_type or self.client_comment):
            raise ValueError("name the client that this is for")
        return self


class PluginOption(_Entry):
    """A feature that a plugin can add to the schema."""

    label: Text
    requires: list[Id] = []
    typescript: OptionCode


class Message(_Entry):
    """A mail to a user, or without a subject a text message."""

    subject: Text | None = None
    text: Text
    code: str


class Plugin(_Entry):
    """A plugin of better-auth; ``plugins.jinja`` documents the keys."""

    label: Text
    requires: list[Id] = []
    options: dict[Id, PluginOption] = {}
    messages: dict[Id, Message] = {}
    typescript: PluginCode

    @model_validator(mode="after")
    def _inserts_its_messages(self) -> Plugin:
        for kind, message in self.messages.items():
            if f'kind: "{kind}"' not in message.code:
                raise ValueError(f"let the code of the message insert one of the kind {kind}")
        return self


class ProviderCode(_Entry):
    """How ``prisma.ts`` constructs Prisma's driver adapter."""

    adapter: str
    package: str
    reader: str = ""
    lines: Annotated[list[Text], Field(alias="construct")]


class Compose(_Entry):
    """A server for ``compose.yaml``."""

    image: str
    port: int
    environment: dict[str, str] = {}
    command: str = ""
    data: str
    ready: str
    url: str


class Native(_Entry):
    """Native types of columns for which the provider's ``String`` is too short."""

    text: NativeType
    address: NativeType | None = None


class Columns(_Entry):
    """Rules of better-auth's generator for the types of columns."""

    lists: bool = False
    serial: Literal["Int", "BigInt"] = "Int"
    uuid: bool = False
    text: NativeType | None = None


class PythonDriver(_Entry):
    """How Python uses the database by an asynchronous driver."""

    extra: Id
    arguments: str
    sessions: bool
    notify: bool


class Provider(_Entry):
    """A database; ``providers.jinja`` documents the keys."""

    label: Text
    schemes: Annotated[list[str], Field(min_length=1)]
    form: Literal["server", "file", "properties"]
    example: str
    empty: str = ""
    embedded: bool
    wasm: bool
    protocol: Literal["PostgreSQL", "MySQL"] | None = None
    columns: Columns = Columns()
    native: Native | None = None
    refuses: dict[Id, Text] = {}
    python: PythonDriver | None
    typescript: ProviderCode
    compose: Compose | None = None


class SocialProvider(_Entry):
    """A social provider; ``social_providers.jinja`` documents the keys."""

    label: Text
    console: Link
    required: Annotated[list[Property], Field(min_length=1)] = ["clientId", "clientSecret"]
    optional: dict[Property, str] = {}
    other: dict[Property, Text] = {}
    https: Literal[True] | None = None
    verifies: Literal[False] | None = None
    notes: list[Text] = []

    @model_validator(mode="after")
    def _names_each_property_once(self) -> SocialProvider:
        names = [*self.required, *self.optional, *self.other]
        if len(set(names)) < len(names):
            raise ValueError("name each property once")
        return self


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(REPOSITORY), extensions=[AnsibleCoreFiltersExtension]
    )


def raw(name: str, variable: str) -> Any:
    """A variable of a Jinja module in ``template/shared``."""
    return getattr(_environment().get_template(f"template/shared/{name}.jinja").module, variable)


def plugins() -> dict[str, Plugin]:
    """The plugins by id, in the order of the prompt.

    Raises:
        pydantic.ValidationError: an entry does not match the schema; it names the key.
    """
    return TypeAdapter(dict[Id, Plugin]).validate_python(raw("plugins", "plugin_data"))


def imported_packages() -> set[str]:
    """The npm packages that the code of plugins and their options imports."""
    found = set()
    for plugin in plugins().values():
        code = plugin.typescript
        options = [option.typescript for option in plugin.options.values()]
        modules = [
            code.package or code.module,
            *(m for each in [code, *options] for m in each.imports),
        ]
        found |= {_package(module) for module in modules if module}
    return found


def _package(module: str) -> str:
    return "/".join(module.split("/")[: 2 if module.startswith("@") else 1])


def providers() -> dict[str, Provider]:
    """The databases by id, in the order of the prompt.

    Raises:
        pydantic.ValidationError: an entry does not match the schema; it names the key.
    """
    return TypeAdapter(dict[Id, Provider]).validate_python(raw("providers", "provider_data"))


def social_providers() -> dict[str, SocialProvider]:
    """The social providers by id, in the order of the prompt.

    Raises:
        pydantic.ValidationError: an entry does not match the schema; it names the key.
    """
    data = raw("social_providers", "social_data")
    return TypeAdapter(dict[Id, SocialProvider]).validate_python(data)
