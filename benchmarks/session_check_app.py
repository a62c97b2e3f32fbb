"""An application with a route that checks the session, and one that does not.

Run by `benchmarks.session_check`. The folder of the project, and the environment, decide the rest.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from better_auth_sidecar import AuthServer, Settings
from better_auth_sidecar.models import User
from better_auth_sidecar.renewal import SessionCookies
from better_auth_sidecar.sessions import Sessions
from fastapi import Depends, FastAPI
from pydantic_settings import SettingsConfigDict

ROOT = Path(os.environ["PROJECT"])


class AppSettings(Settings):
    model_config = SettingsConfigDict(env_file=ROOT / ".env.local")


auth_server = AuthServer(ROOT, AppSettings.load())
sessions = Sessions(auth_server, User)
CurrentUser = Annotated[User, Depends(sessions.current_user)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with auth_server.running():
        yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(SessionCookies)
app.mount("/api/auth", auth_server.proxy)


@app.get("/empty")
async def empty() -> dict[str, str]:
    return {"email": "nobody"}


@app.get("/email")
async def email(user: CurrentUser) -> dict[str, str]:
    return {"email": user.email}


@app.get("/me")
async def me(user: CurrentUser) -> User:
    return user


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
