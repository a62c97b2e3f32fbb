"""FastAPI dependencies that check roles and permissions."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, HTTPException
from starlette.requests import HTTPConnection

from better_auth_sidecar.errors import AuthServerError
from better_auth_sidecar.server import AuthServer
from better_auth_sidecar.stores import Row

#: Actions by resource: ``{"project": ["create"]}``. All of them are required.
Permissions = Mapping[str, Sequence[str]]


class PermissionDependencies(ABC):
    """The permission checks of `better_auth_sidecar.sessions.Sessions`."""

    auth_server: AuthServer
    #: Dependency; the signed-in user. Without a session, the response is 401.
    current_user: Callable[..., Awaitable[Any]]
    #: Plugins that the dependencies in use require, with the name of the dependency.
    needed_plugins: dict[str, str]

    @abstractmethod
    async def row(self, connection: HTTPConnection) -> Row | None:
        """The session of a request and its user, with better-auth's field names."""

    @abstractmethod
    def unavailable(self, error: Exception) -> HTTPException:
        """Logs the reason and returns the response 503."""

    def require_role(self, *roles: str) -> Callable[..., Awaitable[Any]]:
        """A dependency that requires one of these roles and returns the user.

        The roles are those of better-auth's admin plugin. For other users, the response is 403.
        """
        self.needed_plugins["admin"] = "require_role"

        async def check(
            connection: HTTPConnection, user: Annotated[Any, Depends(self.current_user)]
        ) -> Any:
            row = await self.row(connection)
            # There is no row if a test overrides `current_user`.
            role = row.user.get("role") if row else getattr(user, "role", None)
            if set(roles).isdisjoint(name.strip() for name in (role or "user").split(",")):
                raise HTTPException(403, "This is not for your role.")
            return user

        return check

    def has_permission(self, permissions: Permissions) -> Callable[..., Awaitable[str]]:
        """A dependency that requires permissions in an organization and returns its id.

        ``sessions.has_permission({"member": ["create"]})`` asks the auth server, so the rules are
        those of the organization plugin in ``auth.ts``. The organization is ``{organization_id}``
        in the route's path or else the session's active one. Without the permissions, the response
        is 403.
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
            name = str(organization)
            body = {"organizationId": name, "permissions": permissions}
            # PostgreSQL refuses to look for an id with a NUL.
            if "\0" in name or not await self._is_allowed(connection, body):
                raise HTTPException(403, "Your role in the organization does not allow this.")
            return name

        return check

    def user_has_permission(self, permissions: Permissions) -> Callable[..., Awaitable[Any]]:
        """A dependency that requires permissions of the user's role and returns the user.

        ``sessions.user_has_permission({"user": ["ban"]})`` asks the auth server, so the rules are
        those of the admin plugin in ``auth.ts``. Without the permissions, the response is 403.
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
