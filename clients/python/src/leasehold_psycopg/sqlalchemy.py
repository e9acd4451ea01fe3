"""Engines of SQLAlchemy 2 on the rotating pools, which lend each connection that an engine asks for."""

from __future__ import annotations

import weakref
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import Engine, NullPool
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.asyncio import create_async_engine as plain_async_engine

from .pool import RotatingPool
from .pool_async import AsyncRotatingPool

URL = "postgresql+psycopg://"
#: They belong to the pool underneath, or would replace it.
REFUSED = ("url", "creator", "async_creator", "connect_args", "poolclass", "pool", "pool_size", "max_overflow", "pool_recycle", "pool_pre_ping")
_pools: weakref.WeakKeyDictionary[Engine, RotatingPool[Any] | AsyncRotatingPool[Any]] = weakref.WeakKeyDictionary()


def create_engine(pool: RotatingPool[Any] | None = None, **options: Any) -> Engine:
    """An engine whose connections a rotating pool lends.

    :param pool: made with `close_returns=True`; by default the pool of the only database of the contract
    :param options: of `sqlalchemy.create_engine`, but those that are the pool's
    :raises TypeError: for one of these, and for a pool that does not take connections back
    """
    _refuse(options)
    lender: RotatingPool[Any] = RotatingPool(close_returns=True) if pool is None else _taking_back(pool)
    engine = sqlalchemy.create_engine(URL, creator=lender.getconn, poolclass=NullPool, **options)
    _pools[engine] = lender
    return engine


def create_async_engine(pool: AsyncRotatingPool[Any] | None = None, **options: Any) -> AsyncEngine:
    """As :func:`create_engine`; the pool is opened by the first connection, in its event loop."""
    _refuse(options)
    lender: AsyncRotatingPool[psycopg.AsyncConnection[Any]] = (
        AsyncRotatingPool(close_returns=True, open=False) if pool is None else _taking_back(pool)
    )

    async def lend() -> psycopg.AsyncConnection[Any]:
        await lender.open()
        return await lender.getconn()

    engine = plain_async_engine(URL, async_creator=lend, poolclass=NullPool, **options)
    _pools[engine.sync_engine] = lender
    return engine


def rotating_pool(engine: Engine | AsyncEngine) -> Any:
    """The pool under an engine of this module: for its `rotation()`, `ready()` and `shut_down()`.

    :raises LookupError: where the engine is not of this module
    """
    found = _pools.get(engine.sync_engine if isinstance(engine, AsyncEngine) else engine)
    if found is None:
        raise LookupError("this engine was not made by leasehold_psycopg.sqlalchemy")
    return found


def _refuse(options: dict[str, Any]) -> None:
    given = [name for name in REFUSED if name in options]
    if given:
        names = " and ".join(f"'{name}'" for name in given)
        raise TypeError(
            f"{names} must not be given: a RotatingPool lends the connections; give its options to it, and it to this function"
        )


def _taking_back(pool: Any) -> Any:
    if not pool.close_returns:
        raise TypeError("the pool must be made with close_returns=True: SQLAlchemy gives connections back by closing them")
    return pool
