"""fastapi-users with its database and JWT strategies, as its documentation has them.

A peer in `benchmarks.session_check`, which runs it in an environment of its own. Its database and
the size of its pool come from the environment.

Usage: python fastapi_users_app.py USERS    makes the tables, and signs that many users in
"""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, CookieTransport, JWTStrategy
from fastapi_users.authentication.strategy.db import DatabaseStrategy
from fastapi_users_db_sqlalchemy import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from fastapi_users_db_sqlalchemy.access_token import (
    SQLAlchemyAccessTokenDatabase,
    SQLAlchemyBaseAccessTokenTableUUID,
)
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

engine = create_async_engine(
    os.environ["DATABASE_URL"], pool_size=int(os.environ["POOL_SIZE"]), max_overflow=0
)
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    pass


class AccessToken(SQLAlchemyBaseAccessTokenTableUUID, Base):
    pass


class UserManager(UUIDIDMixin, BaseUserManager):
    pass


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


async def get_user_db(
    session: AsyncSession = Depends(get_session),
) -> AsyncIterator[SQLAlchemyUserDatabase]:
    yield SQLAlchemyUserDatabase(session, User)


async def get_access_token_db(
    session: AsyncSession = Depends(get_session),
) -> AsyncIterator[SQLAlchemyAccessTokenDatabase]:
    yield SQLAlchemyAccessTokenDatabase(session, AccessToken)


async def get_user_manager(
    user_db: SQLAlchemyUserDatabase = Depends(get_user_db),
) -> AsyncIterator[UserManager]:
    yield UserManager(user_db)


def get_strategy(
    database: SQLAlchemyAccessTokenDatabase = Depends(get_access_token_db),
) -> DatabaseStrategy:
    return DatabaseStrategy(database, lifetime_seconds=7 * 24 * 3600)


backend = AuthenticationBackend("database", CookieTransport(cookie_name="session"), get_strategy)
users = FastAPIUsers(get_user_manager, [backend])


def get_jwt_strategy() -> JWTStrategy:
    return JWTStrategy(os.environ["JWT_SECRET"], lifetime_seconds=7 * 24 * 3600)


jwt_backend = AuthenticationBackend("jwt", CookieTransport(cookie_name="jwt"), get_jwt_strategy)
jwt_users = FastAPIUsers(get_user_manager, [jwt_backend])

app = FastAPI()


@app.get("/me", response_model=schemas.BaseUser[uuid.UUID])
async def me(user: User = Depends(users.current_user(active=True))) -> User:
    return user


@app.get("/me-by-jwt", response_model=schemas.BaseUser[uuid.UUID])
async def me_by_jwt(user: User = Depends(jwt_users.current_user(active=True))) -> User:
    return user


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


async def sign_in(number: int) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with new_session() as session:
        for index in range(1, number + 1):
            email = f"{index}@example.com"
            user = User(
                id=uuid.UUID(int=index),
                email=email,
                hashed_password="",
                is_active=True,
                is_verified=True,
            )
            session.add(user)
            await session.flush()
            session.add(AccessToken(token=f"token-{index}", user_id=user.id))
        await session.commit()


if __name__ == "__main__":
    asyncio.run(sign_in(int(sys.argv[1])))
