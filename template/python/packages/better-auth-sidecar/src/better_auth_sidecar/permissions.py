"""What users may do: dependencies for routes that are not for everybody."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Depends, HTTPException
from starlette.requests import HTTPConnection

from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.models import Session, User
from better_auth_sidecar.sessions import Sessions

UserT = TypeVar("UserT", bound=User)
SessionT = TypeVar("SessionT", bound=Session)

#: Actions by resource: ``{"project": ["create"]}``. All of them are asked for.
Permissions = Mapping[str, Sequence[str]]
