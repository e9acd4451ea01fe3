"""The pool of psycopg_pool that takes user and password from the file for each new connection."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

import psycopg
from psycopg_pool import ConnectionPool
from psycopg_pool.abc import CT, ConnectFailedCB, ConnectionCB, KwargsParam
from psycopg_pool.pool import AddConnection, MaintenanceTask

from . import fork
from .common import MOST_RETRY_SECONDS, PROBE_SECONDS, Common, busy, pace, sizes
from .connecting import NEWEST_ONLY, refuse_static, rotating_class
from .contract import database_contract
from .credentials import Parser
from .hooks import Health, Hooks
from .rotation import CredentialsWatch


class RotatingPool(Common, ConnectionPool[CT]):
    """A :class:`psycopg_pool.ConnectionPool` for credentials that change; every option of it may be given.

    :param contract_database: name of the database in the contract; the only one it has where nothing is said
    :param contract: the document itself; otherwise the one that LEASEHOLD_CONTRACT names, or the variables
    :param credentials_timeout: how long a connection waits for a file that is not there yet, and for a first user that
        has not yet come to a replica, in seconds
    :param kwargs: of each connection, without user and password; what is given wins over the contract
    :raises ContractError: where the contract does not say what a pool needs
    """

    def __init__(
        self,
        contract_database: str | None = None,
        *,
        contract: Mapping[str, Any] | None = None,
        hooks: Hooks = Hooks(),
        parse_credentials: Parser | None = None,
        credentials_timeout: float = 30.0,
        connection_class: type[CT] = cast("type[CT]", psycopg.Connection),
        kwargs: KwargsParam | None = None,
        min_size: int | None = None,
        max_size: int | None = None,
        open: bool = True,
        configure: ConnectionCB[CT] | None = None,
        check: ConnectionCB[CT] | None = None,
        reset: ConnectionCB[CT] | None = None,
        name: str | None = None,
        close_returns: bool = False,
        timeout: float = 30.0,
        max_waiting: int = 0,
        max_lifetime: float = 3600.0,
        max_idle: float = 600.0,
        reconnect_timeout: float = 300.0,
        reconnect_failed: ConnectFailedCB | None = None,
        num_workers: int = 3,
    ) -> None:
        given: dict[str, Any] = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        refuse_static(kwargs)
        self._given = given
        self._pid = os.getpid()
        self._draining = False
        self._contract = database_contract(contract_database, contract)
        pool: weakref.ref[RotatingPool[Any]] = weakref.ref(self)
        self._watch = CredentialsWatch(self._contract, hooks, parse_credentials, lambda: _rotate(pool))
        self._succession = threading.Lock()
        self._spare: CT | None = None
        self._spare_taken = threading.Event()
        self._retries: set[_Retry] = set()
        self._retried = 1
        least, most = sizes(min_size, max_size, self._contract)
        super().__init__(
            connection_class=rotating_class(connection_class, self._watch, self._contract, credentials_timeout),
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
        super()._open()
        self._watch.start()

    def open(self, wait: bool = False, timeout: float = 30.0) -> None:
        self._renew_after_fork()
        super().open(wait, timeout)

    def close(self, timeout: float = 5.0) -> None:
        if self._pid != os.getpid():
            self._renew_after_fork(open=False)
        self._watch.stop()
        self._spare_taken.set()
        super().close(timeout)

    def getconn(self, timeout: float | None = None) -> CT:
        self._renew_after_fork()
        if self._draining:
            raise psycopg.OperationalError("the pool is draining and takes no new work")
        return super().getconn(timeout)

    def putconn(self, conn: CT) -> None:
        if self._pid != os.getpid() or (fork.forked and not self._watch.knows(conn)):
            # The parent lent it, and uses it on.
            fork.inherited.append(conn)
            return
        # Each query comes by here, and hardly ever is there a successor that waits.
        waits = self._spare is not None and self._watch.is_old(conn)
        spare = self._take_spare() if waits else None
        if spare is None:
            super().putconn(conn)
            return
        self._check_pool_putconn(conn)
        self._add_to_pool(spare)
        self._close_connection(conn)

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
        end = time.monotonic() + (self._contract.drain if timeout is None else timeout)
        while busy(self.get_stats()) > 0 and time.monotonic() < end:
            time.sleep(0.02)
        unfinished = busy(self.get_stats())
        self.close()
        return unfinished

    def schedule_task(self, task: MaintenanceTask, delay: float) -> None:
        if isinstance(task, AddConnection):
            task = _Retry(self, task.attempt, task.growing)
            self._retries.add(task)
            delay = min(delay, MOST_RETRY_SECONDS)
        super().schedule_task(task, delay)

    def _renew_after_fork(self, open: bool | None = None) -> None:
        """In a process that was forked, makes the pool anew; the parent's connections are its own."""
        if self._pid == os.getpid():
            return
        with fork.lock:
            if self._pid == os.getpid():
                return
            fork.inherited.append(dict(self.__dict__))
            was_open = self._opened and not self._closed
            given: dict[str, Any] = {**self._given, "name": self.name, "open": was_open if open is None else open}
            RotatingPool.__init__(cast("RotatingPool[Any]", self), **given)

    def _rotated(self) -> None:
        """Another user has come, or connections of one before are open."""
        if self._retried != self._watch.generation:
            self._retried = self._watch.generation
            for retry in list(self._retries):
                retry.tick()
        if not self._succession.locked():
            threading.Thread(target=_succeed, args=(self,), name="leasehold-succession", daemon=True).start()

    def _take_spare(self) -> CT | None:
        with self._lock:
            spare, self._spare = self._spare, None
        if spare is not None:
            self._spare_taken.set()
        return spare

    def _open_successor(self) -> CT:
        """A connection of the newest user, beside those that are there.

        :raises psycopg.OperationalError: where it is refused
        """
        token = NEWEST_ONLY.set(True)
        try:
            return self._connect()
        finally:
            NEWEST_ONLY.reset(token)

    def _replace_idle(self, successor: CT) -> bool:
        """Puts it in the place of an old connection that nobody uses."""
        with self._lock:
            old = next((each for each in self._pool if self._watch.is_old(each)), None)
            if old is None:
                self._spare = successor
                self._spare_taken.clear()
                return False
            self._pool.remove(old)
        self._add_to_pool(successor)
        self._close_connection(old)
        return True


class _Retry(AddConnection):
    """An attempt that waits for its time, or for another user."""

    def tick(self) -> None:
        pool = self.pool()
        if pool is None or self not in cast("RotatingPool[Any]", pool)._retries:
            return
        cast("RotatingPool[Any]", pool)._retries.discard(self)
        super().tick()


def _rotate(reference: weakref.ref[RotatingPool[Any]]) -> None:
    pool = reference()
    if pool is not None and not pool.closed:
        pool._rotated()


def _succeed(pool: RotatingPool[Any]) -> None:
    """Opens a successor for each old connection, one after the other, and closes that only then."""
    delay, longest = PROBE_SECONDS
    if not pool._succession.acquire(blocking=False):
        return
    rest = pace(pool._contract, pool._watch.old())
    try:
        while pool.closed is False and pool._watch.old() > 0:
            try:
                successor = pool._open_successor()
            except Exception:
                # The old ones serve on; whoever asks for a new one is told why.
                pool._watch._stopped.wait(delay)
                delay = min(2 * delay, longest)
                continue
            if not pool._replace_idle(successor):
                while pool.closed is False and pool._watch.old() > 0 and not pool._spare_taken.wait(0.1):
                    pass
            if not pool._watch.hurries():
                pool._watch._stopped.wait(rest)
    finally:
        spare = pool._take_spare()
        pool._succession.release()
        if spare is not None:
            with suppress(Exception):
                pool._close_connection(spare)
