"""Settings from the environment, ``.env.local`` and ``.env``, in this order."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cached_property
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from better_auth_sidecar.database_url import read_database_url
from better_auth_sidecar.env_file import read_env_file
from better_auth_sidecar.errors import refusal
from better_auth_sidecar.mail_server import read_mail_from, read_smtp_url

#: Words of better-auth's default, and of what examples have in its place.
_PUBLISHED_SECRET = re.compile(
    r"secret|passw|example|placeholder|random|generate|openssl|qwerty|(change|replace).?(me|this|it)",
    re.IGNORECASE,
)
#: A variable that better-auth alone reads: the application's own routes would refuse its origins.
_OWN_ORIGINS = "BETTER_AUTH_TRUSTED_ORIGINS"
#: Host names of this machine.
LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")
#: The entry of TRUSTED_PROXIES for a proxy that connects by a unix socket, without an address.
UNIX = "unix:"

_List = Annotated[tuple[str, ...], NoDecode]


def _is_mailbox(name: str, value: object) -> bool:
    """Whether a variable is the MAIL of login shells: the path of the Unix user's mailbox."""
    return name.upper() == "MAIL" and isinstance(value, str) and value.startswith("/")


class _Environment(EnvSettingsSource):
    """The environment; a mailbox does not override MAIL of a file."""

    def __call__(self) -> dict[str, Any]:
        values = super().__call__()
        return {name: value for name, value in values.items() if not _is_mailbox(name, value)}


class _EnvFile(DotEnvSettingsSource):
    """One env file, as Node.js reads it."""

    def _read_env_file(self, file_path: Path) -> Mapping[str, str | None]:
        try:
            values = read_env_file(file_path)
        except UnicodeDecodeError:
            raise refusal(f"Save {file_path.name} as UTF-8.") from None
        except OSError as error:
            raise refusal(f"{file_path.name} cannot be read: {error.strerror}.") from None
        return {n.lower(): value for n, value in values.items() if value and n != "PORT"}


class Settings(BaseSettings):
    """Each field is an environment variable of the same name in upper case.

    Subclass it, name the files in ``model_config``, add fields of your own, and call `load`.
    The first value that is not empty counts: first the environment, then the files, the last first.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    #: A database URL in Prisma's form.
    database_url: SecretStr
    better_auth_secret: SecretStr = SecretStr("")
    #: ``2:new,1:old`` during a rotation: the first secret signs, all of them decrypt.
    better_auth_secrets: SecretStr = SecretStr("")
    #: Where users reach the application, without a path.
    better_auth_url: str = ""
    #: Default: production unless the host of BETTER_AUTH_URL is loopback.
    better_auth_env: Literal["development", "production"] | None = None
    #: The URL of an auth server, such as http://auth:3000; if empty, the application starts one.
    auth_server_url: str = ""
    #: Origins whose pages may use a user's session cookie; patterns: ``https://*.example.com``.
    trusted_origins: _List = ()
    #: Addresses and networks whose X-Forwarded-For is trusted; ``unix:`` for a unix socket.
    trusted_proxies: _List = ()
    #: The mail server, such as smtps://user:password@smtp.example.com.
    smtp_url: SecretStr = SecretStr("")
    #: The sender of mails, such as My App <hello@example.com>.
    mail_from: str = ""
    #: Logs the mails instead of sending them.
    mail: Literal["", "log"] = ""
    #: Where browsers reach the application on this machine, from the environment alone: the
    #: ``fastapi`` command does not read PORT of files, which is that of Node.js.
    port: int = Field(default=8000, ge=0, le=65535)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # One source per file: an empty value in one must not hide the next file's.
        files = [_EnvFile(settings_cls, file) for file in reversed(cls._env_files())]
        return (init_settings, _Environment(settings_cls), *files, file_secret_settings)

    @classmethod
    def load(cls) -> Self:
        """Reads the settings.

        Raises:
            SystemExit: a value is missing, wrong, or not fit for production. The message has
                the remedy and the source of each, and no secret.
        """
        try:
            # Without the files, which pydantic would read once more, in another way.
            settings = cls(_env_file=None)  # type: ignore[call-arg]
        except ValidationError as error:
            found = []
            for problem in error.errors(include_url=False, include_context=False):
                name = str(problem["loc"][0]).upper() if problem["loc"] else ""
                message = problem["msg"].removeprefix("Value error, ")
                if problem["type"] == "missing":
                    found.append(f"Set {name} in .env.local or the environment: it has no value.")
                else:
                    found.append(f"Correct {name}{cls.place(name)}: {message}" if name else message)
            raise refusal("\n".join(found)) from None
        if problems := settings.check():
            raise refusal("\n".join(problems))
        return settings

    @classmethod
    def place(cls, name: str) -> str:
        """Where a variable is set, as a phrase: `` of .env.local``; empty if it is not set."""
        value = os.environ.get(name)
        places = ["the environment"] if value and not _is_mailbox(name, value) else []
        for file in reversed(cls._env_files()):
            if read_env_file(file).get(name):
                places.append(Path(file).name)
        if not places:
            return ""
        return f" of {places[0]}" + "".join(f", which overrides {p}" for p in places[1:2])

    @classmethod
    def project_folder(cls) -> Path:
        """The project's folder, where relative paths in DATABASE_URL start: that of .env.local."""
        files = [file for file in cls._env_files() if file.is_absolute()]
        return files[0].parent if files else Path.cwd()

    @classmethod
    def _env_files(cls) -> list[Path]:
        files = cls.model_config.get("env_file") or ()
        if isinstance(files, (str, os.PathLike)):
            files = [files]
        return [Path(file) for file in files]

    @field_validator("trusted_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(entry for entry in re.split(r"[\s,]+", value) if entry)

    @field_validator("better_auth_secrets")
    @classmethod
    def _are_secrets(cls, value: SecretStr) -> SecretStr:
        secrets = re.split(r"[\s,]+", value.get_secret_value())
        if secrets != [""] and not all(re.match(r"\d+:.", secret) for secret in secrets):
            raise ValueError("it is not of the form 2:new-secret,1:old-secret")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            try:
                if entry != UNIX:
                    ip_network(entry, strict=False)
            except ValueError:
                raise ValueError(
                    f"{entry!r} is neither an address, nor a network such as 10.0.0.0/8, "
                    f"nor {UNIX!r}"
                ) from None
        return value

    @field_validator("trusted_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        found = []
        for entry in value:
            url = _parse(entry.replace("?", "*"))  # both are wildcards
            if url is not None and url.scheme in ("http", "https"):
                if _has_path(url):
                    raise ValueError(f"{entry!r} has a path; an origin is like https://example.com")
                # As browsers send it: in lower case, without the default port.
                default = {"http": ":80", "https": ":443"}[url.scheme]
                entry = entry.rstrip("/").lower().removesuffix(default)
            found.append(entry)
        return tuple(found)

    @field_validator("database_url")
    @classmethod
    def _can_be_read(cls, value: SecretStr) -> SecretStr:
        read_database_url(value.get_secret_value(), cls.project_folder())
        return value

    @field_validator("port", mode="before")
    @classmethod
    def _is_number(cls, value: object) -> object:
        if isinstance(value, str) and not value.strip().isdecimal():
            raise ValueError("it is not a number from 0 to 65535")
        return value

    @field_validator("mail", mode="before")
    @classmethod
    def _is_known(cls, value: object) -> object:
        if value not in ("", "log"):
            raise ValueError(f"it is log, or not set; {value!r} is neither")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr) -> SecretStr:
        if url := value.get_secret_value():
            read_smtp_url(url)
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_mail_address(cls, value: str) -> str:
        if value:
            read_mail_from(value)
        return value

    @field_validator("better_auth_url", "auth_server_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        url = _parse(value)
        if value and (url is None or url.scheme not in ("http", "https") or not url.hostname):
            raise ValueError("it is not an http or https address, such as https://example.com")
        if value and url is not None and _has_path(url):
            raise ValueError("it must have no path, such as https://example.com")
        return value.rstrip("/")

    @model_validator(mode="before")
    @classmethod
    def _follow_port(cls, values: dict[str, object]) -> dict[str, object]:
        # Setting PORT alone must be enough.
        port = str(values.get("port", cls.model_fields["port"].default)).strip()
        if not values.get("better_auth_url") and port.isdecimal() and int(port) < 65536:
            values = {**values, "better_auth_url": f"http://localhost:{int(port)}"}
        return values

    @model_validator(mode="after")
    def _has_secret(self) -> Self:
        if not self.secret:
            raise ValueError("Set BETTER_AUTH_SECRET in .env.local or the environment.")
        return self

    @model_validator(mode="after")
    def _has_sender(self) -> Self:
        if self.smtp_url.get_secret_value() and not self.mail_from:
            raise ValueError(
                "Set MAIL_FROM, such as My App <hello@example.com>: SMTP_URL needs a sender."
            )
        return self

    @cached_property
    def secret(self) -> str:
        """The signing secret: the first of BETTER_AUTH_SECRETS, or else BETTER_AUTH_SECRET."""
        first = re.split(r"[\s,]+", self.better_auth_secrets.get_secret_value())[0]
        return first.partition(":")[2] or self.better_auth_secret.get_secret_value()

    @cached_property
    def is_production(self) -> bool:
        """BETTER_AUTH_ENV if it is set; otherwise whether the base URL is not loopback."""
        if self.better_auth_env:
            return self.better_auth_env == "production"
        return not LOOPBACK.fullmatch(urlsplit(self.better_auth_url).hostname or "")

    @cached_property
    def origins(self) -> frozenset[str]:
        """The trusted origins; in development also ``localhost`` and ``127.0.0.1``."""
        found = {self.better_auth_url, *self.trusted_origins}
        if not self.is_production:
            url = urlsplit(self.better_auth_url)
            port = f":{url.port}" if url.port else ""
            found |= {f"{url.scheme}://{name}{port}" for name in ("localhost", "127.0.0.1")}
        return frozenset(found)

    def check(self) -> list[str]:
        """Problems of the settings, most of them in production alone, a sentence each."""
        found = []
        if place := self.place(_OWN_ORIGINS):
            found.append(
                f"Use TRUSTED_ORIGINS instead of {_OWN_ORIGINS}{place}: better-auth alone reads it."
            )
        if not self.is_production:
            return found
        if _is_weak(self.secret):
            has_several = self.better_auth_secrets.get_secret_value()
            name = "BETTER_AUTH_SECRETS" if has_several else "BETTER_AUTH_SECRET"
            found.append(
                f"Replace {name}{self.place(name)}: it can be guessed. Make one with: "
                'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        if urlsplit(self.better_auth_url).scheme != "https":
            place = self.place("BETTER_AUTH_URL")
            found.append(f"Correct BETTER_AUTH_URL{place}: in production it must be https.")
        return found

    def for_auth_server(self) -> dict[str, str]:
        """The settings as environment variables for the auth server."""
        return {
            "DATABASE_URL": self.database_url.get_secret_value(),
            "BETTER_AUTH_SECRET": self.better_auth_secret.get_secret_value(),
            "BETTER_AUTH_SECRETS": self.better_auth_secrets.get_secret_value(),
            "BETTER_AUTH_URL": self.better_auth_url,
            "BETTER_AUTH_ENV": "production" if self.is_production else "development",
            "TRUSTED_ORIGINS": ",".join(self.trusted_origins),
            "TRUSTED_PROXIES": ",".join(self.trusted_proxies),
        }


def _parse(value: str) -> SplitResult | None:
    try:
        url = urlsplit(value)
        _ = url.port
    except ValueError:
        return None
    return url


def _has_path(url: SplitResult) -> bool:
    return url.path.rstrip("/") != "" or bool(url.query) or bool(url.fragment)


def _is_weak(secret: str) -> bool:
    """Whether a secret is short, has few different characters, repeats, counts, or is published."""
    parts = [secret[at : at + 3].lower() for at in range(len(secret) - 2)]
    is_repeated = len({*parts}) < len(parts) * 0.75
    steps = [abs(ord(one) - ord(next)) == 1 for one, next in pairwise(secret)]
    is_counted = sum(steps) > len(secret) / 2
    is_published = bool(_PUBLISHED_SECRET.search(secret))
    few = len(secret) < 32 or len(set(secret)) < 8
    return few or is_repeated or is_counted or is_published
