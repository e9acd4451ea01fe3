"""The forms in which applications make a pool, and what they give it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from leasehold_psycopg import AsyncRotatingPool, Credentials, CredentialsError, Hooks, RotatingPool, read_credentials

from .conftest import ROOT, AgentFile, Server, contract_of, until
from .test_pool import current_user, pool_of, rotate


def variables(port: int, file: Path) -> dict[str, str]:
    values = {
        "CREDENTIALS_FILE": str(file),
        "FORMAT": "json",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE": "postgres",
        "SSL_MODE": "disable",
        "POOL_MAX": "4",
        "POOL_MAX_LIFETIME": "60",
        "OVERLAP": "2",
    }
    return {f"LEASEHOLD_SHOP_{name}": value for name, value in values.items()}


def test_a_pool_that_is_only_made_sees_rotations(
    server: Server, agent: AgentFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables(server.port, agent.file).items():
        monkeypatch.setenv(name, value)
    rotate(server, agent)
    # As the README says it: what it puts in the place of a plain pool.
    page = (ROOT / "clients/python/README.md").read_text()
    added = [line[1:] for line in page.split("```diff\n")[1].split("```")[0].splitlines() if line.startswith("+")]
    names: dict[str, Any] = {}
    exec("\n".join(added), names)
    pool: RotatingPool[Any] = names["pool"]
    try:
        for _ in range(3):
            before = current_user(pool)
            user = rotate(server, agent)
            until(lambda: current_user(pool) == user)
            until(lambda: server.sessions_of(before) == 0)
            server.drop(before)
            for _ in range(20):
                assert current_user(pool) == user
    finally:
        pool.close()


def test_connections_that_are_returned_by_close(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    with pool_of(server, agent, close_returns=True, max_size=2, min_size=2) as pool:
        for _ in range(4):
            connection = pool.getconn()
            connection.execute("SELECT 1")
            user = rotate(server, agent)
            until(lambda: pool.rotation().connections.get(pool.rotation().generation, 0) > 0)
            connection.close()
            until(lambda: current_user(pool) == user)
        until(lambda: set(pool.rotation().connections) == {5})


def test_hooks_that_raise_change_nothing(server: Server, agent: AgentFile) -> None:
    def fail(_: object) -> None:
        raise ValueError("a hook")

    rotate(server, agent)
    hooks = Hooks(on_rotation=fail, on_overstay=fail, on_credentials_error=fail)
    with pool_of(server, agent, 0.2, hooks=hooks, min_size=1) as pool:
        with pool.connection():
            rotate(server, agent)
            until(lambda: pool.rotation().overstays == 1)
        agent.replace("no credentials")
        until(lambda: pool.rotation().credentials_errors == 1)
        user = rotate(server, agent)
        until(lambda: current_user(pool) == user)


def test_a_parser_that_returns_nothing_is_told_and_the_last_good_one_stays(server: Server, agent: AgentFile) -> None:
    def parse(text: str) -> Any:
        return Credentials(text, "geheim") if text.startswith("v-") else None

    contract = contract_of(server.port, agent.file)
    contract["databases"]["shop"]["format"] = "custom"
    agent.replace(server.next_user())
    with RotatingPool(contract=contract, parse_credentials=parse) as pool:
        current_user(pool)
        agent.replace("something else")
        until(lambda: pool.rotation().credentials_errors == 1)
        user = server.next_user()
        agent.replace(user)
        until(lambda: current_user(pool) == user)


def test_what_connections_are_made_with(server: Server, agent: AgentFile) -> None:
    class Mine(psycopg.Connection[DictRow]):
        pass

    rotate(server, agent)
    with RotatingPool(
        contract=contract_of(server.port, agent.file),
        connection_class=Mine,
        kwargs={"autocommit": True, "row_factory": dict_row, "keepalives_idle": 30},
        max_size=2,
    ) as pool:
        with pool.connection() as connection:
            assert isinstance(connection, Mine)
            assert connection.autocommit
            assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
        assert pool.max_size == 2
        until(lambda: pool.rotation().connections == {1: 2})
        user = rotate(server, agent)
        until(lambda: pool.rotation().connections == {2: 2})
        assert server.sessions_of(user) == 2


def test_a_new_user_that_cannot_log_in_costs_no_query(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    with pool_of(server, agent, 0.4, min_size=1) as pool:
        assert current_user(pool) == first
        agent.write("nobody-yet")
        until(lambda: pool.rotation().rotations == 1)
        connections = [pool.getconn() for _ in range(4)]
        for connection in connections:
            pool.putconn(connection)
        assert pool.rotation().newest_refused
        assert current_user(pool) == first
        second = rotate(server, agent)
        until(lambda: current_user(pool) == second and server.sessions_of(first) == 0)


def test_under_load_nobody_waits_for_a_login(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    failed: list[BaseException] = []
    stopped = threading.Event()

    def work(pool: RotatingPool) -> None:
        while not stopped.is_set():
            try:
                current_user(pool)
            except Exception as error:
                failed.append(error)

    with pool_of(server, agent) as pool:
        workers = [threading.Thread(target=work, args=(pool,)) for _ in range(6)]
        for worker in workers:
            worker.start()
        for _ in range(5):
            before = current_user(pool)
            rotate(server, agent)
            until(lambda: server.sessions_of(before) == 0)
            server.drop(before)
        stopped.set()
        for worker in workers:
            worker.join()
        assert failed == []
        # The pool is as large as it was.
        until(lambda: pool.rotation().connections == {6: 4})
        assert pool.get_stats()["pool_size"] == 4


def test_after_an_outage_in_which_the_user_ended(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    with pool_of(server, agent, min_size=2, max_size=2) as pool:
        pool.wait()
        server.drop(first)
        # Both are found to be gone, and wait for their next attempt.
        until(lambda: not _answers(pool) and len(pool._retries) == 2)
        second = rotate(server, agent)
        until(lambda: current_user(pool) == second)


def _answers(pool: RotatingPool) -> bool:
    try:
        with pool.connection(timeout=0.2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


FORKED = """
import os, sys
from leasehold_psycopg import RotatingPool
pool = RotatingPool()
def ask():
    with pool.connection() as connection:
        return connection.execute("SELECT pg_backend_pid()").fetchone()[0]
before = ask()
children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        try:
            others = {ask() for _ in range(20)}
            os._exit(0 if before not in others and pool.rotation().generation == 1 else 3)
        except BaseException as error:
            print(error, file=sys.stderr)
            os._exit(4)
    children.append(child)
statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
for _ in range(20):
    ask()
pool.close()
print(statuses)
"""


def test_a_pool_that_was_made_before_a_fork_is_made_anew_in_each_child(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    env = {**os.environ, **variables(server.port, agent.file), "PYTHONPATH": str(ROOT / "clients/python/src")}
    result = subprocess.run([sys.executable, "-c", FORKED], env=env, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr, result.stdout.strip()) == (0, "", "[0, 0]")


def test_what_is_no_file_of_credentials_is_neither_waited_for_nor_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CredentialsError, match="is unreadable: it is a directory, a pipe, a socket or a device"):
        read_credentials(str(pipe), "json")
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(CredentialsError, match="is malformed: it has 104857600 bytes"):
        read_credentials(str(large), "json")


def test_credentials_among_kwargs_are_refused(server: Server, agent: AgentFile) -> None:
    with pytest.raises(TypeError, match="'user' and 'password' must not be in 'kwargs'"):
        pool_of(server, agent, kwargs={"user": "x", "password": "y", "autocommit": True})
    with pytest.raises(TypeError, match="'user' must not be in 'kwargs'"):
        AsyncRotatingPool(contract=contract_of(server.port, agent.file), kwargs={"user": "x"})
