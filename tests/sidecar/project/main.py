"""An application with an auth server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from better_auth_sidecar import AuthServer, CORSMiddleware, Settings
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic_settings import SettingsConfigDict

ROOT = Path(__file__).resolve().parent


class AppSettings(Settings):
    model_config = SettingsConfigDict(env_file=(ROOT / ".env", ROOT / ".env.local"))


settings = AppSettings.load()
auth_server = AuthServer(ROOT, settings)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with auth_server.running():
        yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(CORSMiddleware, settings=settings)
app.mount("/api/auth", auth_server.proxy)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/ready")
async def ready() -> JSONResponse:
    is_ready = await auth_server.is_ready()
    return JSONResponse({"ready": is_ready}, 200 if is_ready else 503)


@app.get("/session")
async def session(request: Request) -> JSONResponse:
    answer = await auth_server.ask("session", request.headers)
    return JSONResponse({"session": answer.data, "cookies": answer.cookies})


@app.get("/may")
async def may(request: Request) -> JSONResponse:
    body = {"permissions": {"user": ["list"]}}
    return JSONResponse((await auth_server.ask("has-permission", request.headers, body)).data)


@app.get("/configuration")
async def configuration() -> JSONResponse:
    return JSONResponse((await auth_server.configuration()).model_dump(mode="json"))


@app.get("/client")
async def client(request: Request) -> dict[str, str | None]:
    return {"client": request.client.host if request.client else None}
