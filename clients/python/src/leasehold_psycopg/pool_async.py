"""The asynchronous pool of psycopg_pool that takes user and password from the file for each new connection."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import psycopg
from psycopg_pool import AsyncConnectionPool
from psycopg_pool.abc import ACT, AsyncConnectFailedCB, AsyncConnectionCB, AsyncKwargsParam
from psycopg_pool.pool_async import AddConnection, MaintenanceTask

from .common import MOST_RETRY_SECONDS, PROBE_SECONDS, Common, busy, pace, sizes
from .connecting import NEWEST_ONLY, async_rotating_class, refuse_static
from .contract import database_contract
from .credentials import Parser
from .hooks import Health, Hooks
from .rotation import CredentialsWatch


class AsyncRotatingPool(Common, AsyncConnectionPool[ACT]):
    """A :class:`psycopg_pool.AsyncConnectionPool` for credentials that change; options as for :class:`RotatingPool`."""

    def __init__(
        self,
        contract_database: str | None = None,
        *,
        contract: Mapping[str, Any] | None = None,
        hooks: Hooks = Hooks(),
        parse_credentials: Parser | None = None,
        credentials_timeout: float = 30.0,
        connection_class: type[ACT] = cast("type[ACT]", psycopg.AsyncConnection),
        kwargs: AsyncKwargsParam | None = None,
        min_size: int | None = None,
        max_size: int | None = None,
        open: bool = False,
        configure: AsyncConnectionCB[ACT] | None = None,
        check: AsyncConnectionCB[ACT] | None = None,
        reset: AsyncConnectionCB[ACT] | None = None,
        name: str | None = None,
        close_returns: bool = False,
        timeout: float = 30.0,
        max_waiting: int = 0,
        max_lifetime: float = 3600.0,
        max_idle: float = 600.0,
        reconnect_timeout: float = 300.0,
        reconnect_failed: AsyncConnectFailedCB | None = None,
        num_workers: int = 3,
    ) -> None:
        refuse_static(kwargs)
        self._pid = os.getpid()
        self._draining = False
        self._contract = database_contract(contract_database, contract)
        self._watch = CredentialsWatch(self._contract, hooks, parse_credentials, self._tell)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._succession: asyncio.Task[None] | None = None
        self._spare: ACT | None = None
        self._retries: set[_Retry] = set()
        self._retried = 1
        least, most = sizes(min_size, max_size, self._contract)
        super().__init__(
            connection_class=async_rotating_class(
                connection_class, self._watch, self._contract, credentials_timeout
            ),
            kwargs=kwargs,
            min_size=least,
            max_size=most,
            open=open,
            configure=configure,
            check=check,
            reset=reset,
            name=name,
            close_returns=close_returns,
            timeout=timeout,
            max_waiting=max_waiting,
            # The contract's is for pools that do not notice a new user, and would only cost logins here.
            max_lifetime=max_lifetime,
            max_idle=max_idle,
            reconnect_timeout=reconnect_timeout,
            reconnect_failed=reconnect_failed,
            num_workers=num_workers,
        )

    def _open(self) -> None:
        # The constructor and open() both come here.
        self._loop = asyncio.get_running_loop()
        super()._open()
        self._watch.start()

    async def close(self, timeout: float = 5.0) -> None:
        self._watch.stop()
        if self._succession is not None:
            self._succession.cancel()
            with suppress(asyncio.CancelledError):
                await self._succession
        await super().close(timeout)

    async def getconn(self, timeout: float | None = None) -> ACT:
        if self._pid != os.getpid():
            raise psycopg.OperationalError(
                "this pool was made before the process was forked: make it where the worker starts its event loop"
            )
        if self._draining:
            raise psycopg.OperationalError("the pool is draining and takes no new work")
        return await super().getconn(timeout)

    async def putconn(self, conn: ACT) -> None:
        # Each query comes by here, and hardly ever is there a successor that waits.
        waits = self._spare is not None and self._watch.is_old(conn)
        spare = self._take_spare() if waits else None
        if spare is None:
            await super().putconn(conn)
            return
        self._check_pool_putconn(conn)
        await self._add_to_pool(spare)
        await self._close_connection(conn)

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
        end = time.monotonic() + (self._contract.drain if timeout is None else timeout)
        while busy(self.get_stats()) > 0 and time.monotonic() < end:
            await asyncio.sleep(0.02)
        unfinished = busy(self.get_stats())
        await self.close()
        return unfinished

    async def schedule_task(self, task: MaintenanceTask, delay: float) -> None:
        if isinstance(task, AddConnection):
            task = _Retry(self, task.attempt, task.growing)
            self._retries.add(task)
            delay = min(delay, MOST_RETRY_SECONDS)
        await super().schedule_task(task, delay)

    def _tell(self) -> None:
        """From the thread that watches."""
        if self._loop is not None:
            # The loop may have been closed since.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._rotated)

    def _rotated(self) -> None:
        """Another user has come, or connections of one before are open."""
        if self.closed:
            return
        if self._retried != self._watch.generation:
            self._retried = self._watch.generation
            for retry in list(self._retries):
                self._retries.discard(retry)
                self.run_task(retry)
        if self._succession is None or self._succession.done():
            self._succession = asyncio.ensure_future(self._succeed())

    async def _succeed(self) -> None:
        """Opens a successor for each old connection, one after the other, and closes that only then."""
        delay, longest = PROBE_SECONDS
        rest = pace(self._contract, self._watch.old())
        try:
            while not self.closed and self._watch.old() > 0:
                try:
                    successor = await self._open_successor()
                except Exception:
                    # The old ones serve on; whoever asks for a new one is told why.
                    await asyncio.sleep(delay)
                    delay = min(2 * delay, longest)
                    continue
                if not await self._replace_idle(successor):
                    while self._spare is not None and self._watch.old() > 0:
                        await asyncio.sleep(0.05)
                if not self._watch.hurries():
                    await asyncio.sleep(rest)
        finally:
            spare = self._take_spare()
            if spare is not None:
                with suppress(Exception):
                    await self._close_connection(spare)

    async def _open_successor(self) -> ACT:
        token = NEWEST_ONLY.set(True)
        try:
            return await self._connect()
        finally:
            NEWEST_ONLY.reset(token)

    async def _replace_idle(self, successor: ACT) -> bool:
        """Puts it in the place of an old connection that nobody uses."""
        async with self._lock:
            old = next((each for each in self._pool if self._watch.is_old(each)), None)
            if old is None:
                self._spare = successor
                return False
            self._pool.remove(old)
        await self._add_to_pool(successor)
        await self._close_connection(old)
        return True

    def _take_spare(self) -> ACT | None:
        spare, self._spare = self._spare, None
        return spare


class _Retry(AddConnection):
    """An attempt that waits for its time, or for another user."""

    async def tick(self) -> None:
        pool = cast("AsyncRotatingPool[Any] | None", self.pool())
        if pool is None or self not in pool._retries:
            return
        pool._retries.discard(self)
        await super().tick()
