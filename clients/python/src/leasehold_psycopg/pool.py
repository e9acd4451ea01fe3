"""The pools of psycopg_pool, which take user and password from the file for each new connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from .contract import database_contract
from .credentials import Parser
from .hooks import Health, Hooks, RotationStatus
from .rotation import CredentialsWatch

#: They would be used, and never change.
STATIC = ("conninfo", "kwargs")


class _Common:
    """What both pools do; the credentials are watched by a thread in either."""

    _watch: CredentialsWatch
    _drain: float
    _draining = False

    def rotation(self) -> RotationStatus:
        """How it stands with the credentials."""
        return self._watch.status()

    def refresh(self) -> None:
        """Reads the credentials file now; the pool does so by itself all the time."""
        self._watch.look()

    def live(self) -> Health:
        """For a liveness probe: a restart helps a pool that is closed, and nothing else that can be seen from here."""
        return Health(False, "the pool is closed") if getattr(self, "closed", False) else Health(True)


def _refuse_static(options: Mapping[str, Any]) -> None:
    given = [key for key in STATIC if key in options]
    if given:
        names = " and ".join(f"'{key}'" for key in given)
        raise TypeError(
            f"{names} must not be given: user and password come from the credentials file, the rest from the contract"
        )


class RotatingPool(_Common, ConnectionPool[psycopg.Connection[Any]]):
    """A :class:`psycopg_pool.ConnectionPool` for credentials that change while it runs.

    Takes the options of the pool underneath, except ``conninfo`` and ``kwargs``.

    :param contract_database: name of the database in the contract; the only one it has where nothing is said
    :param contract: the document itself; otherwise the one that LEASEHOLD_CONTRACT names, or the variables
    :param credentials_timeout: how long a connection waits for a file that is not there yet, in seconds
    """

    def __init__(
        self,
        contract_database: str | None = None,
        *,
        contract: Mapping[str, Any] | None = None,
        hooks: Hooks = Hooks(),
        parse_credentials: Parser | None = None,
        credentials_timeout: float = 30.0,
        **options: Any,
    ) -> None:
        _refuse_static(options)
        database = database_contract(contract_database, contract)
        watch = CredentialsWatch(database, hooks, parse_credentials, lambda: self.drain())
        self._watch = watch
        self._drain = database.drain

        class Rotating(psycopg.Connection[Any]):
            @classmethod
            def connect(cls, conninfo: str = "", **kwargs: Any) -> Any:
                try:
                    connection = super().connect(conninfo, **kwargs)
                except psycopg.OperationalError:
                    watch.look()
                    if watch.is_current(kwargs.get("user"), kwargs.get("password")):
                        raise
                    fresh = watch.connection_kwargs(credentials_timeout)
                    connection = super().connect(conninfo, **{**kwargs, **fresh})
                watch.opened(connection)
                return connection

        defaults: dict[str, Any] = {
            "min_size": min(4, database.pool_max),
            "max_size": database.pool_max,
            "max_lifetime": database.pool_max_lifetime,
            "connection_class": Rotating,
        }
        super().__init__(
            "", kwargs=lambda: watch.connection_kwargs(credentials_timeout), **{"open": True, **defaults, **options}
        )

    def open(self, *args: Any, **kwargs: Any) -> None:
        self._watch.start()
        super().open(*args, **kwargs)

    def close(self, *args: Any, **kwargs: Any) -> None:
        self._watch.stop()
        super().close(*args, **kwargs)

    def getconn(self, *args: Any, **kwargs: Any) -> psycopg.Connection[Any]:
        if self._draining:
            raise psycopg.OperationalError("the pool is draining and takes no new work")
        return super().getconn(*args, **kwargs)

    def putconn(self, conn: psycopg.Connection[Any]) -> None:
        # One that was being opened while the user changed is not among those that drain() has seen.
        if self._watch.is_old(conn):
            conn.close()
        super().putconn(conn)

    def ready(self) -> Health:
        """For a readiness probe: whether the database answers a query of this pool."""
        try:
            with self.connection(timeout=5) as connection:
                connection.execute("SELECT 1")
        except Exception as error:
            return Health(False, str(error))
        return Health(True)

    def shut_down(self, timeout: float | None = None) -> int:
        """No new work; waits for the work that runs, then closes. For a handler of SIGTERM.

        :param timeout: how long to wait, in seconds; the contract's drain where nothing is said
        :returns: connections that were still in use when the time was over
        """
        self._draining = True
        end = time.monotonic() + (self._drain if timeout is None else timeout)
        while _busy(self.get_stats()) > 0 and time.monotonic() < end:
            time.sleep(0.02)
        unfinished = _busy(self.get_stats())
        self.close()
        return unfinished


class AsyncRotatingPool(_Common, AsyncConnectionPool[psycopg.AsyncConnection[Any]]):
    """A :class:`psycopg_pool.AsyncConnectionPool` for credentials that change; options as for :class:`RotatingPool`."""

    def __init__(
        self,
        contract_database: str | None = None,
        *,
        contract: Mapping[str, Any] | None = None,
        hooks: Hooks = Hooks(),
        parse_credentials: Parser | None = None,
        credentials_timeout: float = 30.0,
        **options: Any,
    ) -> None:
        _refuse_static(options)
        database = database_contract(contract_database, contract)
        watch = CredentialsWatch(database, hooks, parse_credentials, self._rotate)
        self._watch = watch
        self._drain = database.drain
        self._loop: asyncio.AbstractEventLoop | None = None

        async def kwargs() -> dict[str, Any]:
            return await asyncio.to_thread(watch.connection_kwargs, credentials_timeout)

        class Rotating(psycopg.AsyncConnection[Any]):
            @classmethod
            async def connect(cls, conninfo: str = "", **given: Any) -> Any:
                try:
                    connection = await super().connect(conninfo, **given)
                except psycopg.OperationalError:
                    await asyncio.to_thread(watch.look)
                    if watch.is_current(given.get("user"), given.get("password")):
                        raise
                    connection = await super().connect(conninfo, **{**given, **await kwargs()})
                watch.opened(connection)
                return connection

        defaults: dict[str, Any] = {
            "min_size": min(4, database.pool_max),
            "max_size": database.pool_max,
            "max_lifetime": database.pool_max_lifetime,
            "connection_class": Rotating,
        }
        super().__init__("", kwargs=kwargs, **{"open": False, **defaults, **options})

    def _rotate(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(lambda: loop.create_task(self.drain()))

    async def open(self, *args: Any, **kwargs: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._watch.start()
        await super().open(*args, **kwargs)

    async def close(self, *args: Any, **kwargs: Any) -> None:
        self._watch.stop()
        await super().close(*args, **kwargs)

    async def getconn(self, *args: Any, **kwargs: Any) -> psycopg.AsyncConnection[Any]:
        if self._draining:
            raise psycopg.OperationalError("the pool is draining and takes no new work")
        return await super().getconn(*args, **kwargs)

    async def putconn(self, conn: psycopg.AsyncConnection[Any]) -> None:
        if self._watch.is_old(conn):
            await conn.close()
        await super().putconn(conn)

    async def ready(self) -> Health:
        """For a readiness probe: whether the database answers a query of this pool."""
        try:
            async with self.connection(timeout=5) as connection:
                await connection.execute("SELECT 1")
        except Exception as error:
            return Health(False, str(error))
        return Health(True)

    async def shut_down(self, timeout: float | None = None) -> int:
        """As :meth:`RotatingPool.shut_down`."""
        self._draining = True
        end = time.monotonic() + (self._drain if timeout is None else timeout)
        while _busy(self.get_stats()) > 0 and time.monotonic() < end:
            await asyncio.sleep(0.02)
        unfinished = _busy(self.get_stats())
        await self.close()
        return unfinished


def _busy(stats: Mapping[str, int]) -> int:
    return stats.get("pool_size", 0) - stats.get("pool_available", 0) + stats.get("requests_waiting", 0)
