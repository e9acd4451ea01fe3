"""What the README shows of frameworks, each through ten rotations under load, with the old user dropped each time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from leasehold_psycopg import Health, RotatingPool

from .conftest import ROOT, AgentFile, Server, contract_of, until
from .test_forms import variables
from .test_pool import rotate

ROTATIONS = 10
WORKERS = 8
BETWEEN = 0.5
#: As the contract of these tests has it.
OVERLAP = 2


def shown(title: str) -> str:
    """The block under a heading of the README."""
    page = (ROOT / "clients/python/README.md").read_text()
    return page.split(f"### {title}\n")[1].split("```python\n")[1].split("```")[0]


@pytest.fixture
def pod(server: Server, agent: AgentFile, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in variables(server.port, agent.file).items():
        monkeypatch.setenv(name, value)
    rotate(server, agent)
    yield


class Rotations:
    """Ten of them, faster than any Vault makes them; each user is dropped when the overlap of the contract is over."""

    def __init__(self, server: Server, agent: AgentFile) -> None:
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._rotate, args=(server, agent))

    def _rotate(self, server: Server, agent: AgentFile) -> None:
        leaving: deque[tuple[float, str]] = deque()
        for _ in range(ROTATIONS):
            before = agent.user()
            rotate(server, agent)
            leaving.append((time.monotonic() + OVERLAP, before))
            time.sleep(BETWEEN)
            while leaving and leaving[0][0] < time.monotonic():
                server.drop(leaving.popleft()[1])
        for end, user in leaving:
            time.sleep(max(0, end - time.monotonic()))
            server.drop(user)
        self.over.set()

    def __enter__(self) -> Rotations:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def under_load(server: Server, agent: AgentFile, user: Callable[[], str]) -> None:
    """Threads that ask for the current user; no query may fail, and every user must have been seen."""
    failed: list[BaseException] = []
    seen: set[str] = set()
    asked = [0]

    def work(over: threading.Event) -> None:
        while not over.is_set():
            try:
                seen.add(user())
                asked[0] += 1
            except Exception as error:
                failed.append(error)

    with Rotations(server, agent) as rotations:
        workers = [threading.Thread(target=work, args=(rotations.over,)) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    _judge(failed, asked[0], seen, agent.user())


async def under_load_in_a_loop(server: Server, agent: AgentFile, user: Callable[[], Awaitable[str]]) -> None:
    failed: list[BaseException] = []
    seen: set[str] = set()
    asked = 0

    async def work(over: threading.Event) -> None:
        nonlocal asked
        while not over.is_set():
            try:
                seen.add(await user())
                asked += 1
            except Exception as error:
                failed.append(error)

    with Rotations(server, agent) as rotations:
        await asyncio.gather(*(work(rotations.over) for _ in range(WORKERS)))
    _judge(failed, asked, seen, agent.user())


def _judge(failed: list[BaseException], asked: int, seen: set[str], last: str) -> None:
    print(f"{len(failed)} of {asked + len(failed)} queries failed, {len(seen)} users")
    assert failed == []
    assert last in seen
    # On a busy machine half a second may pass before the next one is used.
    assert len(seen) >= ROTATIONS - 2


@pytest.mark.usefixtures("pod")
def test_sqlalchemy(server: Server, agent: AgentFile) -> None:
    names: dict[str, Any] = {}
    exec(shown("SQLAlchemy"), names)
    import sqlalchemy

    def user() -> str:
        with names["engine"].connect() as connection:
            return str(connection.execute(sqlalchemy.text("SELECT current_user")).scalar_one())

    under_load(server, agent, user)
    names["rotating_pool"](names["engine"]).close()


@pytest.mark.usefixtures("pod")
def test_sqlalchemy_with_asyncio(server: Server, agent: AgentFile) -> None:
    import sqlalchemy

    from leasehold_psycopg.sqlalchemy import create_async_engine, rotating_pool

    async def run() -> None:
        engine = create_async_engine()

        async def user() -> str:
            async with engine.connect() as connection:
                return str((await connection.execute(sqlalchemy.text("SELECT current_user"))).scalar_one())

        await under_load_in_a_loop(server, agent, user)
        await rotating_pool(engine).close()

    asyncio.run(run())


def test_what_belongs_to_the_pool_is_refused_for_an_engine(server: Server, agent: AgentFile) -> None:
    import sqlalchemy

    from leasehold_psycopg.sqlalchemy import create_engine, rotating_pool

    with pytest.raises(TypeError, match="'poolclass' and 'pool_size' must not be given"):
        create_engine(pool_size=3, poolclass=sqlalchemy.QueuePool)
    pool = RotatingPool(contract=contract_of(server.port, agent.file), open=False)
    with pytest.raises(TypeError, match="close_returns=True"):
        create_engine(pool)
    with pytest.raises(LookupError, match="was not made by"):
        rotating_pool(sqlalchemy.create_engine("postgresql+psycopg://"))


@pytest.mark.usefixtures("pod")
def test_asyncpg(server: Server, agent: AgentFile) -> None:
    async def run() -> None:
        names: dict[str, Any] = {}
        exec(shown("asyncpg"), names)
        pool = await names["make"]()
        await under_load_in_a_loop(server, agent, lambda: pool.fetchval("SELECT current_user"))
        assert pool.rotation().rotations == ROTATIONS
        assert (await pool.ready(), pool.live()) == (Health(True), Health(True))
        await pool.close()
        assert not (await pool.ready()).ok
        assert pool.live() == Health(False, "the pool is closed")

    asyncio.run(run())


@pytest.mark.usefixtures("pod")
def test_asyncpg_with_a_new_user_that_cannot_log_in(server: Server, agent: AgentFile) -> None:
    from leasehold_psycopg.asyncpg import create_pool

    async def run() -> None:
        async with create_pool(min_size=0, max_size=2) as pool:
            first = await pool.fetchval("SELECT current_user")
            agent.write("v-orders-nobody")
            while pool.rotation().rotations == 0:
                await asyncio.sleep(0.02)
            for _ in range(5):
                assert await pool.fetchval("SELECT current_user") == first
            assert pool.rotation().newest_refused
            third = rotate(server, agent)
            while pool.rotation().rotations == 1:
                await asyncio.sleep(0.02)
            assert await pool.fetchval("SELECT current_user") == third
            assert not pool.rotation().newest_refused

    asyncio.run(run())


def test_what_never_changes_is_refused_for_asyncpg() -> None:
    from leasehold_psycopg.asyncpg import create_pool

    with pytest.raises(TypeError, match="'dsn' and 'password' must not be given"):
        create_pool(password="geheim", dsn="postgres://")


@pytest.mark.usefixtures("pod")
def test_fastapi(server: Server, agent: AgentFile) -> None:
    from fastapi.testclient import TestClient

    names: dict[str, Any] = {}
    exec(shown("FastAPI"), names)
    with TestClient(names["app"]) as client:
        assert client.get("/ready").json() == {"ok": True, "reason": ""}
        under_load(server, agent, lambda: str(client.get("/user").raise_for_status().json()["user"]))


class Django:
    """A database of Django, by the settings that are given."""

    def __init__(self, **settings: Any) -> None:
        import django
        from django.conf import settings as configured

        if not configured.configured:
            configured.configure(DATABASES={}, USE_TZ=True)
            django.setup()
        from django.db.utils import ConnectionHandler

        self.handler = ConnectionHandler({"default": settings})

    def ask(self) -> str:
        """As a request does."""
        connection = self.handler["default"]
        connection.close_if_unusable_or_obsolete()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user")
                return str(cursor.fetchone()[0])
        finally:
            connection.close_if_unusable_or_obsolete()


def django_settings() -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(shown("Django"), names)
    return dict(names["DATABASES"]["default"])


@pytest.mark.usefixtures("pod")
def test_django_with_a_pool(server: Server, agent: AgentFile) -> None:
    database = Django(**django_settings())
    under_load(server, agent, database.ask)
    database.handler["default"].close_pool()


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("age", [None, 0, 60])
def test_django_with_persistent_connections(server: Server, agent: AgentFile, age: int | None) -> None:
    database = Django(**{**django_settings(), "OPTIONS": {}, "CONN_MAX_AGE": age})
    under_load(server, agent, database.ask)


@pytest.mark.usefixtures("pod")
def test_django_keeps_a_transaction_and_closes_its_connection_afterwards(server: Server, agent: AgentFile) -> None:
    database = Django(**{**django_settings(), "OPTIONS": {}, "CONN_MAX_AGE": None})
    first = database.ask()
    connection = database.handler["default"]
    connection.set_autocommit(False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    second = rotate(server, agent)
    connection.rollback()
    connection.set_autocommit(True)
    assert first != second
    assert database.ask() == second
    until(lambda: server.sessions_of(first) == 0)


@pytest.mark.usefixtures("pod")
def test_django_says_what_must_not_be_set(tmp_path: Path) -> None:
    from django.core.exceptions import ImproperlyConfigured

    database = Django(ENGINE="leasehold_psycopg.django", USER="app", PASSWORD="geheim")
    with pytest.raises(ImproperlyConfigured, match="USER and PASSWORD must not be set") as raised:
        database.ask()
    assert "geheim" not in str(raised.value)


@pytest.mark.usefixtures("pod")
def test_the_shell_of_django_has_the_credentials_of_now(agent: AgentFile, server: Server) -> None:
    from leasehold_psycopg.django.base import DatabaseClient

    agent.write("v-orders-now")
    settings = {"NAME": "", "HOST": "", "PORT": "", "USER": "", "PASSWORD": "", "OPTIONS": {"pool": True}}
    arguments, env = DatabaseClient.settings_to_cmd_args_env(settings, [])
    assert arguments == ["psql", "-U", "v-orders-now", "-h", "127.0.0.1", "-p", str(server.port), "postgres"]
    assert env == {"PGPASSWORD": "geheim", "PGSSLMODE": "disable"}


def test_a_backend_without_a_contract_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.exceptions import ImproperlyConfigured

    monkeypatch.delenv("LEASEHOLD_CONTRACT", raising=False)
    with pytest.raises(ImproperlyConfigured, match="the contract of leasehold cannot be used"):
        Django(ENGINE="leasehold_psycopg.django").ask()

