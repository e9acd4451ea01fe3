"""What goes wrong around a rotation, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leasehold_psycopg import CredentialsError, Hooks, RotatingPool, database_contract
from leasehold_psycopg.connecting import async_rotating_class, rotating_class
from leasehold_psycopg.rotation import CredentialsWatch

from .conftest import AgentFile, Server, contract_of, until
from .test_pool import current_user, pool_of, rotate


def test_postgresql_restarts_during_a_rotation(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    with pool_of(server, agent) as pool:
        current_user(pool)
        second = server.next_user()
        restart = threading.Thread(target=server.restart)
        restart.start()
        agent.write(second)
        until(lambda: pool.rotation().rotations == 1)
        restart.join()

        def answers() -> bool:
            try:
                return current_user(pool) == second
            except psycopg.OperationalError:
                return False

        until(answers, timeout=20)
        for _ in range(20):
            assert current_user(pool) == second


def test_a_server_that_was_away_for_one_login_has_refused_nobody(server: Server, agent: AgentFile) -> None:
    """It was starting; that it then takes the user before says nothing of the newest one."""
    first, away = rotate(server, agent), set[str]()

    class AwayOnce(psycopg.Connection[tuple[Any, ...]]):
        @classmethod
        def connect(cls, conninfo: str = "", **kwargs: Any) -> Any:
            fail_once(away, kwargs["user"])
            return super().connect(conninfo, **kwargs)

    contract = database_contract(None, contract_of(server.port, agent.file))
    watch = CredentialsWatch(contract, Hooks(), None, lambda: None)
    connections = rotating_class(AwayOnce, watch, contract, 5)
    with connections.connect() as connection:
        assert connection.info.user == first
    second = rotate(server, agent)
    away.add(second)
    with connections.connect() as connection:
        assert connection.info.user == second
    assert not away
    assert not watch.refused
    until(lambda: server.sessions_of(first) == 0)


def test_nor_has_it_for_a_pool_of_coroutines(server: Server, agent: AgentFile) -> None:
    first, away = rotate(server, agent), set[str]()

    class AwayOnce(psycopg.AsyncConnection[tuple[Any, ...]]):
        @classmethod
        async def connect(cls, conninfo: str = "", **kwargs: Any) -> Any:
            fail_once(away, kwargs["user"])
            return await super().connect(conninfo, **kwargs)

    contract = database_contract(None, contract_of(server.port, agent.file))
    watch = CredentialsWatch(contract, Hooks(), None, lambda: None)
    connections = async_rotating_class(AwayOnce, watch, contract, 5)

    async def user() -> str:
        async with await connections.connect() as connection:
            return str(connection.info.user)

    assert asyncio.run(user()) == first
    second = rotate(server, agent)
    away.add(second)
    assert asyncio.run(user()) == second
    assert not away
    assert not watch.refused


def fail_once(away: set[str], user: str) -> None:
    if user in away:
        away.remove(user)
        raise psycopg.OperationalError("connection refused")


def test_an_unreadable_file_is_told_and_the_last_good_one_stays(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    told: list[CredentialsError] = []
    with pool_of(server, agent, hooks=Hooks(on_credentials_error=told.append)) as pool:
        assert current_user(pool) == first
        # Root may read everything but this.
        agent.file.unlink()
        agent.file.mkdir()
        until(lambda: any(error.reason == "unreadable" for error in told))
        assert str(agent.file) in str(told[-1])
        assert current_user(pool) == first
        agent.file.rmdir()
        second = rotate(server, agent)
        until(lambda: current_user(pool) == second)


def test_the_directory_is_replaced_as_a_whole(server: Server, tmp_path: Path) -> None:
    """How Kubernetes swaps a volume: a link to a directory is renamed onto the one before."""
    first, second = server.next_user(), server.next_user()
    for name, user in (("one", first), ("two", second)):
        (tmp_path / name).mkdir()
        AgentFile(tmp_path / name).write(user)
    (tmp_path / "..data").symlink_to("one")
    (tmp_path / "shop.json").symlink_to("..data/shop.json")
    with RotatingPool(contract=contract_of(server.port, tmp_path / "shop.json")) as pool:
        assert current_user(pool) == first
        (tmp_path / "..next").symlink_to("two")
        (tmp_path / "..next").rename(tmp_path / "..data")
        until(lambda: current_user(pool) == second)


def test_the_clock_is_moved(server: Server, agent: AgentFile, monkeypatch: pytest.MonkeyPatch) -> None:
    rotate(server, agent)
    with pool_of(server, agent) as pool:
        current_user(pool)
        for hours in (-48, 48):
            real = time.time
            monkeypatch.setattr(time, "time", lambda: real() + hours * 3600)
            user = rotate(server, agent)
            until(lambda: current_user(pool) == user)
            monkeypatch.undo()
        assert 0 < pool.rotation().overlap_seconds_left <= 2


def test_many_rotations_leak_nothing(server: Server, agent: AgentFile) -> None:
    users = [server.next_user(), server.next_user()]
    agent.write(users[0])
    with pool_of(server, agent, min_size=1) as pool:
        current_user(pool)
        threads, files = threading.active_count(), _open_files()
        for count in range(1, 2_001):
            agent.write(users[count % 2])
            pool.refresh()
            if count % 200 == 0:
                until(lambda: current_user(pool) == users[count % 2])
        assert pool.rotation().rotations == 2_000
        current_user(pool)
        gc.collect()
        until(lambda: sum(pool.rotation().connections.values()) <= 4)
        until(lambda: server.sessions_of(users[0]) + server.sessions_of(users[1]) <= 4)
        until(lambda: threading.active_count() <= threads)
        until(lambda: _open_files() <= files + 4)


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))
