"""Other ways to a database than to the server: a user that comes later, and a pooler, which refuses what it cannot keep."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest

from leasehold_psycopg import Hooks, RotatingPool, database_contract
from leasehold_psycopg.asyncpg import create_pool
from leasehold_psycopg.connecting import async_rotating_class, rotating_class
from leasehold_psycopg.rotation import CredentialsWatch

from .conftest import AgentFile, Server, contract_of, free_port
from .test_pool import rotate

REPLICA = {"name": "reading", "kind": "replica"}
PATIENCE = 20.0


def way_of(port: int, agent: AgentFile, endpoint: dict[str, Any], schema: str = "public") -> dict[str, Any]:
    contract = contract_of(port, agent.file)
    contract["databases"]["shop"] |= {"endpoint": endpoint, "schema": schema}
    return contract


class Way:
    """Logs in once, as each of the drivers does, and tells how often it was tried again."""

    def __init__(self, driver: str, contract: dict[str, Any]) -> None:
        self.driver = driver
        self.given = contract
        self.contract = database_contract(None, contract)
        self.watch = CredentialsWatch(self.contract, Hooks(), None, lambda: None)

    def user(self, timeout: float) -> str:
        if self.driver == "psycopg":
            with rotating_class(psycopg.Connection, self.watch, self.contract, timeout).connect() as connection:
                return str(connection.info.user)
        return asyncio.run(self._with_asyncpg(timeout) if self.driver == "asyncpg" else self._asynchronously(timeout))

    async def _asynchronously(self, timeout: float) -> str:
        connections = async_rotating_class(psycopg.AsyncConnection, self.watch, self.contract, timeout)
        async with await connections.connect() as connection:
            return str(connection.info.user)

    async def _with_asyncpg(self, timeout: float) -> str:
        pool = create_pool(contract=self.given, credentials_timeout=timeout, min_size=0, max_size=1)
        self.watch = pool._watch
        async with pool:
            return str(await pool.fetchval("SELECT current_user"))


REFUSED = (psycopg.OperationalError, asyncpg.InvalidPasswordError)
drivers = pytest.mark.parametrize("driver", ["psycopg", "psycopg, asynchronous", "asyncpg"])


@drivers
def test_a_first_user_that_has_not_come_to_a_replica_is_waited_for(server: Server, agent: AgentFile, driver: str) -> None:
    agent.write("v-orders-later")
    way = Way(driver, way_of(server.port, agent, REPLICA))
    threading.Timer(
        1, lambda: server.admin.execute("CREATE ROLE \"v-orders-later\" LOGIN PASSWORD 'geheim' IN ROLE shop_rw")
    ).start()
    try:
        assert way.user(PATIENCE) == "v-orders-later"
        assert way.watch.retries > 1
    finally:
        server.drop("v-orders-later")


@drivers
def test_it_is_waited_for_no_longer_than_for_a_file(server: Server, agent: AgentFile, driver: str) -> None:
    agent.write(rotate(server, agent), "wrong")
    way = Way(driver, way_of(server.port, agent, REPLICA))
    with pytest.raises(REFUSED, match="password authentication failed"):
        way.user(2)
    assert way.watch.retries > 0


@drivers
def test_nobody_comes_to_the_server_itself_later(server: Server, agent: AgentFile, driver: str) -> None:
    agent.write("v-orders-never")
    way = Way(driver, way_of(server.port, agent, {"name": "leader", "kind": "primary"}))
    with pytest.raises(REFUSED, match="password authentication failed"):
        way.user(PATIENCE)
    assert way.watch.retries == 0


@pytest.mark.parametrize("driver", ["psycopg", "psycopg, asynchronous"])
def test_a_server_that_is_not_there_has_refused_nobody(server: Server, agent: AgentFile, driver: str) -> None:
    rotate(server, agent)
    way = Way(driver, way_of(free_port(), agent, REPLICA))
    with pytest.raises(psycopg.OperationalError):
        way.user(PATIENCE)
    assert way.watch.retries == 0


def test_a_pool_serves_on_where_a_later_user_has_not_come(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    contract = way_of(server.port, agent, REPLICA)
    with RotatingPool(contract=contract, min_size=0, max_size=1, max_idle=0.1) as pool, pool.connection() as connection:
        assert connection.info.user == first
        agent.write("v-orders-behind")
        pool.refresh()
        # Where it waited for the newest one, this would take as long as a file may.
        with pool._connect() as another:
            assert another.info.user == first
        assert pool.rotation().newest_refused


BOUNCER = Path(os.environ.get("LEASEHOLD_PGBOUNCER", "/usr/sbin/pgbouncer"))
FORBIDS = ["startup-parameters", "session-settings", "listen", "prepared-statements"]


@pytest.fixture
def bouncer(server: Server, tmp_path: Path) -> Iterator[Callable[[str], int]]:
    """A real PgBouncer in the mode `transaction`, with two connections to the server."""
    if not BOUNCER.exists():
        pytest.skip(f"there is no {BOUNCER}, and LEASEHOLD_PGBOUNCER names none")
    started: list[subprocess.Popen[bytes]] = []

    def start(user: str) -> int:
        port = free_port()
        # The user that runs PostgreSQL cannot read below pytest's directory.
        users, settings = server.directory / "users.txt", server.directory / "pgbouncer.ini"
        users.write_text(f'"{user}" "geheim"\n')
        settings.write_text(
            f"[databases]\npostgres = host=127.0.0.1 port={server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {users}\n"
            "pool_mode = transaction\ndefault_pool_size = 2\n"
        )
        started.append(subprocess.Popen([str(BOUNCER), str(settings)], user=server.user, stderr=subprocess.DEVNULL))
        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(host="127.0.0.1", port=port, user=user, password="geheim", dbname="postgres").close()
                return port
            except psycopg.OperationalError:
                assert time.monotonic() < end, "PgBouncer does not start"
                time.sleep(0.05)

    yield start
    for process in started:
        process.terminate()
        process.wait()


def test_pgbouncer_is_asked_for_no_search_path_and_for_no_named_statement(
    server: Server, agent: AgentFile, bouncer: Callable[[str], int]
) -> None:
    port = bouncer(rotate(server, agent))
    endpoint = {"name": "pooled", "kind": "pgbouncer"}
    with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter: options"):
        Way("psycopg", way_of(port, agent, endpoint, "app")).user(PATIENCE)
    contract = way_of(port, agent, {**endpoint, "forbids": FORBIDS}, "app")
    with RotatingPool(contract=contract) as pool:
        with pool.connection() as one, pool.connection() as other:
            # The session of the server is the same for both, in which a named statement would be another's.
            for count in range(10):
                for each in (one, other):
                    row = each.execute("SELECT %s + 1", [count]).fetchone()
                    assert row == (count + 1,)
                    each.commit()

    async def ask() -> list[int]:
        async with create_pool(contract=contract, min_size=2, max_size=2) as made:
            return list(await asyncio.gather(*(made.fetchval("SELECT $1::int", count) for count in range(50))))

    assert asyncio.run(ask()) == list(range(50))
