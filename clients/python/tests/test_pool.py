from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leasehold_psycopg import (
    AsyncRotatingPool,
    ContractError,
    CredentialsError,
    Health,
    Hooks,
    Overstay,
    Rotation,
    RotatingPool,
    database_contract,
    read_credentials,
)

from .conftest import AgentFile, Server, contract_of, until


def pool_of(server: Server, agent: AgentFile, overlap: float = 2, **options: Any) -> RotatingPool:
    return RotatingPool(contract=contract_of(server.port, agent.file, overlap), **options)


def current_user(pool: RotatingPool) -> str:
    with pool.connection() as connection:
        row = connection.execute("SELECT current_user").fetchone()
        return str(row[0]) if row else ""


def rotate(server: Server, agent: AgentFile) -> str:
    user = server.next_user()
    agent.write(user)
    return user


def test_a_new_user_is_taken_up_and_idle_connections_of_the_old_one_are_closed(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    told: list[Rotation] = []
    with pool_of(server, agent, hooks=Hooks(on_rotation=told.append)) as pool:
        assert current_user(pool) == first
        second = rotate(server, agent)
        until(lambda: current_user(pool) == second)
        until(lambda: server.sessions_of(first) == 0)
        assert told == [Rotation(2)]
        assert set(pool.rotation().connections) == {2}


def test_successors_come_one_after_the_other_and_not_at_once(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    opened: list[float] = []
    with pool_of(server, agent, 16, min_size=4, configure=lambda _: opened.append(time.monotonic())) as pool:
        pool.wait()
        rotate(server, agent)
        until(lambda: server.sessions_of(first) == 0)
    paces = [later - earlier for earlier, later in zip(opened[4:], opened[5:])]
    assert len(paces) == 3
    # Half of a quarter of the overlap, for four.
    assert min(paces) > 0.5


def test_nor_do_those_of_a_pool_of_coroutines(server: Server, agent: AgentFile) -> None:
    opened: list[float] = []

    async def configure(_: psycopg.AsyncConnection[Any]) -> None:
        opened.append(time.monotonic())

    async def scenario() -> None:
        first = rotate(server, agent)
        contract = contract_of(server.port, agent.file, 16)
        async with AsyncRotatingPool(contract=contract, min_size=4, configure=configure) as pool:
            await pool.wait()
            rotate(server, agent)
            while server.sessions_of(first) > 0:
                await asyncio.sleep(0.05)

    asyncio.run(asyncio.wait_for(scenario(), 20))
    assert min(later - earlier for earlier, later in zip(opened[4:], opened[5:])) > 0.5


def test_nobody_rests_while_a_user_before_the_last_one_is_in_use(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    # A second from one to the next: at that pace the first user would be in use for longer than is waited here.
    with pool_of(server, agent, 96, min_size=12, max_size=12) as pool:
        pool.wait()
        for generation in (2, 3):
            rotate(server, agent)
            until(lambda: pool.rotation().generation >= generation)
        until(lambda: server.sessions_of(first) == 0)


def test_a_file_that_appears_later_is_waited_for(server: Server, agent: AgentFile) -> None:
    with pool_of(server, agent) as pool:
        threading.Timer(0.3, lambda: rotate(server, agent)).start()
        assert current_user(pool).startswith("v-orders-")


def test_fifty_replacements_in_a_second_end_with_the_last_one(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    with pool_of(server, agent) as pool:
        last = server.next_user()
        for count in range(49):
            agent.write(f"nobody-{count}")
            time.sleep(0.02)
        agent.write(last)
        until(lambda: current_user(pool) == last)


@pytest.mark.parametrize("text", ['{"username":"canary","passw', "", '{"username":"canary"}'])
def test_a_file_that_cannot_be_used_is_told_and_the_last_good_one_stays(
    server: Server, agent: AgentFile, text: str
) -> None:
    first = rotate(server, agent)
    told: list[CredentialsError] = []
    with pool_of(server, agent, hooks=Hooks(on_credentials_error=told.append)) as pool:
        assert current_user(pool) == first
        agent.replace(text)
        until(lambda: len(told) == 1)
        assert told[0].reason == "malformed"
        assert "canary" not in str(told[0])
        assert current_user(pool) == first


def test_a_transaction_is_not_cut_and_its_connection_is_closed_when_it_comes_back(
    server: Server, agent: AgentFile
) -> None:
    first = rotate(server, agent)
    with pool_of(server, agent) as pool:
        with pool.connection() as connection:
            connection.execute("INSERT INTO numbers VALUES (1)")
            rotate(server, agent)
            until(lambda: pool.rotation().rotations == 1)
            connection.execute("INSERT INTO numbers VALUES (2)")
        until(lambda: server.sessions_of(first) == 0)


def test_a_connection_that_stays_out_is_reported(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    told: list[Overstay] = []
    with pool_of(server, agent, 0.5, hooks=Hooks(on_overstay=told.append), min_size=1) as pool:
        with pool.connection():
            rotate(server, agent)
            until(lambda: len(told) == 1)
        assert told[0].connections == 1


def test_an_old_user_that_is_dropped_early_costs_no_query(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    with pool_of(server, agent, check=RotatingPool.check_connection) as pool:
        # A session that is being opened while its user is dropped passes every check.
        pool.wait()
        assert current_user(pool) == first
        second = rotate(server, agent)
        server.drop(first)
        for _ in range(20):
            assert current_user(pool) == second


def test_drain_takes_no_new_work_and_finishes_what_runs(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    pool = pool_of(server, agent)
    done: list[bool] = []

    def work() -> None:
        with pool.connection() as connection:
            connection.execute("SELECT pg_sleep(0.3)")
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: pool.get_stats()["pool_size"] - pool.get_stats()["pool_available"] > 0)
    assert pool.shut_down() == 0
    thread.join()
    assert done == [True]
    assert pool.live() == Health(False, "the pool is closed")
    with pytest.raises(psycopg.OperationalError):
        pool.getconn()


def test_health(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    with pool_of(server, agent) as pool:
        assert pool.ready() == Health(True)
        assert pool.live() == Health(True)


def test_the_asynchronous_pool(server: Server, agent: AgentFile) -> None:
    async def scenario() -> None:
        first = rotate(server, agent)
        async with AsyncRotatingPool(contract=contract_of(server.port, agent.file)) as pool:
            assert await user_of(pool) == first
            async with pool.connection() as connection:
                await connection.execute("SELECT 1")
                second = rotate(server, agent)
                while pool.rotation().rotations == 0:
                    await asyncio.sleep(0.02)
                await connection.execute("SELECT 1")
            while server.sessions_of(first) > 0:
                await asyncio.sleep(0.02)
            assert await user_of(pool) == second
            assert await pool.ready() == Health(True)
            assert await pool.shut_down() == 0

    async def user_of(pool: AsyncRotatingPool) -> str:
        async with pool.connection() as connection:
            row = await (await connection.execute("SELECT current_user")).fetchone()
            return str(row[0]) if row else ""

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_static_credentials_are_refused(server: Server, agent: AgentFile) -> None:
    with pytest.raises(TypeError, match="'user' must not be in 'kwargs'"):
        pool_of(server, agent, kwargs={"user": "x"})


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("json", '{"username":"v-1","password":"A1a-x9","lease_duration":3600}'),
        ("env", "PGUSER='v-1'\nPGPASSWORD='A1a-x9'\nLEASE_DURATION=3600"),
        ("properties", "username=v-1\npassword=A1a-x9\nlease_duration=3600"),
        ("url", "postgresql://v-1:A1a-x9@pg:5432/shop?sslmode=verify-full"),
    ],
)
def test_every_format(agent: AgentFile, format: str, text: str) -> None:
    agent.replace(text)
    credentials = read_credentials(str(agent.file), format)
    assert (credentials.user, credentials.password) == ("v-1", "A1a-x9")
    assert "A1a-x9" not in repr(credentials)


def test_everything_that_is_wrong_with_a_contract_is_told_at_once() -> None:
    with pytest.raises(ContractError) as raised:
        database_contract(env={"LEASEHOLD_SHOP_CREDENTIALS_FILE": "/f", "LEASEHOLD_SHOP_FORMAT": "xml"})
    assert len(raised.value.problems) == 8
    with pytest.raises(ContractError, match="there is neither a file that LEASEHOLD_CONTRACT names"):
        database_contract(env={})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "it must be an object, got \\[\\]"),
        ({"version": 1}, "'databases' must be an object, got None"),
        ({"version": 1, "databases": {}}, "it has 0 databases"),
        ({"version": 1, "databases": {"shop": None}}, "'databases.shop' must be an object, got None"),
        ({"version": 2, "databases": {}}, "it has version 2; this client reads version 1"),
        ({"version": 1, "databases": {}, "drainSeconds": "soon"}, "'drainSeconds' must be a number of 0 or more"),
    ],
)
def test_a_contract_that_is_none_is_told_to_be_so(document: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=message):
        database_contract(document=document)
    file = tmp_path / "contract.json"
    file.write_text(json.dumps(document))
    with pytest.raises(ContractError, match=message):
        database_contract(env={"LEASEHOLD_CONTRACT": str(file)})
