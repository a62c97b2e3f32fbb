"""What users may do: dependencies for routes that are not for everybody."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, HTTPException
from starlette.requests import HTTPConnection

from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.server import AuthServer
from better_auth_sidecar.stores import Row

#: Actions by resource: ``{"project": ["create"]}``. All of them are asked for.
Permissions = Mapping[str, Sequence[str]]


class PermissionDependencies(ABC):
    """The part of `better_auth_sidecar.sessions.Sessions` that is about permissions."""

    auth_server: AuthServer
    #: Dependency; the user who is signed in. Without one, the answer is 401.
    current_user: Callable[..., Awaitable[Any]]
    #: Plugins without which a dependency that is in use cannot work, and its name.
    needed_plugins: dict[str, str]

    @abstractmethod
    async def row(self, connection: HTTPConnection) -> Row | None:
        """The session of a request and its user, by better-auth's names of the fields."""

    @abstractmethod
    def unavailable(self, error: Exception) -> HTTPException:
        """The answer 503 to a request, after the reason was logged."""

    def require_role(self, *roles: str) -> Callable[..., Awaitable[Any]]:
        """A dependency for users with one of these roles, which gives the user.

        The roles are those of better-auth's admin plugin. Other users are answered with 403.
        """
        self.needed_plugins["admin"] = "require_role"

        async def check(
            connection: HTTPConnection, user: Annotated[Any, Depends(self.current_user)]
        ) -> Any:
            row = await self.row(connection)
            # Without a row, a test has put a user of its own in the place of `current_user`.
            role = row.user.get("role") if row else getattr(user, "role", None)
            if set(roles).isdisjoint(name.strip() for name in (role or "user").split(",")):
                raise HTTPException(403, "This is not for your role.")
            return user

        return check

    def has_permission(self, permissions: Permissions) -> Callable[..., Awaitable[str]]:
        """A dependency for members whose role in the organization allows something.

        ``sessions.has_permission({"member": ["create"]})``: the rules are those of the
        organization plugin in ``auth.ts``; the auth server is asked. The organization is
        ``{organization_id}`` in the path of the route or, without it, the session's active one.
        The dependency gives its id; others are answered with 403.
        """
        self.needed_plugins["organization"] = "has_permission"

        async def check(
            connection: HTTPConnection, user: Annotated[Any, Depends(self.current_user)]
        ) -> str:
            organization = connection.path_params.get("organization_id")
            if organization is None:
                row = await self.row(connection)
                organization = row and row.session.get("activeOrganizationId")
            if not organization:
                raise HTTPException(403, "Choose an organization first: none is active.")
            body = {"organizationId": str(organization), "permissions": permissions}
            if not await self._is_allowed(connection, body):
                raise HTTPException(403, "Your role in the organization does not allow this.")
            return str(organization)

        return check

    def user_has_permission(self, permissions: Permissions) -> Callable[..., Awaitable[Any]]:
        """A dependency for users whose role allows something, which gives the user.

        ``sessions.user_has_permission({"user": ["ban"]})``: the rules are those of the admin
        plugin in ``auth.ts``; the auth server is asked. Others are answered with 403.
        """
        self.needed_plugins["admin"] = "user_has_permission"

        async def check(
            connection: HTTPConnection, user: Annotated[Any, Depends(self.current_user)]
        ) -> Any:
            if not await self._is_allowed(connection, {"permissions": permissions}):
                raise HTTPException(403, "Your role does not allow this.")
            return user

        return check

    async def _is_allowed(self, connection: HTTPConnection, body: Mapping[str, Any]) -> bool:
        try:
            answer = await self.auth_server.ask("has-permission", connection.headers, body)
        except AuthServerError as error:
            raise self.unavailable(error) from error
        return answer.data["success"] is True
