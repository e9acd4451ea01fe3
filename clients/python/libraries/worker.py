"""Executes what the page shows of a library, and asks it until the standard input ends: `bash .ci/libraries`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

WORKERS = 8
USER = "SELECT current_user"


class Seen:
    """What the workers have seen."""

    def __init__(self) -> None:
        self.asked = 0
        self.failed: list[str] = []
        self.users: set[str] = set()
        self._enough = int(os.environ["QUERIES"])
        self._lock = threading.Lock()

    def answered(self, user: str) -> None:
        with self._lock:
            self.users.add(user)
            self.asked += 1
            if self.asked == self._enough:
                tell("enough")

    def tell(self) -> None:
        print(json.dumps({"asked": self.asked, "failed": self.failed, "users": sorted(self.users)}))


def tell(word: str) -> None:
    sys.stderr.write(word)
    sys.stderr.flush()


def work(user: Callable[[], str]) -> None:
    """Threads that ask."""
    seen = Seen()
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                seen.answered(user())
            except Exception:
                seen.failed.append(traceback.format_exc())

    workers = [threading.Thread(target=ask) for _ in range(WORKERS)]
    tell("ready")
    for worker in workers:
        worker.start()
    sys.stdin.read()
    over.set()
    for worker in workers:
        worker.join()
    seen.tell()


async def work_in_a_loop(user: Callable[[], Awaitable[str]]) -> None:
    """Tasks that ask."""
    seen = Seen()
    over = asyncio.Event()

    async def ask() -> None:
        while not over.is_set():
            try:
                seen.answered(await user())
            except Exception:
                seen.failed.append(traceback.format_exc())

    workers = [asyncio.create_task(ask()) for _ in range(WORKERS)]
    tell("ready")
    await asyncio.to_thread(sys.stdin.read)
    over.set()
    await asyncio.gather(*workers)
    seen.tell()


def executed(shown: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(shown, names)
    return names


def psycopg(shown: str) -> None:
    pool = executed(shown)["pool"]

    def user() -> str:
        with pool.connection() as connection:
            return str(connection.execute(USER).fetchone()[0])

    work(user)
    pool.close()


def psycopg_asynchronous(shown: str) -> None:
    async def run() -> None:
        pool = await executed(shown)["make"]()

        async def user() -> str:
            async with pool.connection() as connection:
                return str((await (await connection.execute(USER)).fetchone())[0])

        await work_in_a_loop(user)
        await pool.close()

    asyncio.run(run())


def sqlalchemy(shown: str) -> None:
    from sqlalchemy import text

    names = executed(shown)

    def user() -> str:
        with names["engine"].connect() as connection:
            return str(connection.execute(text(USER)).scalar_one())

    work(user)
    names["rotating_pool"](names["engine"]).close()


def sqlalchemy_asynchronous(shown: str) -> None:
    from leasehold_psycopg.sqlalchemy import rotating_pool
    from sqlalchemy import text

    async def run() -> None:
        engine = executed(shown)["engine"]

        async def user() -> str:
            async with engine.connect() as connection:
                return str((await connection.execute(text(USER))).scalar_one())

        await work_in_a_loop(user)
        await rotating_pool(engine).close()

    asyncio.run(run())


def django(shown: str) -> None:
    """Each query as a request does it."""
    import django
    from django.conf import settings

    settings.configure(DATABASES=executed(shown)["DATABASES"], USE_TZ=True)
    django.setup()
    from django.db import close_old_connections, connection, connections

    def user() -> str:
        close_old_connections()
        try:
            with connection.cursor() as cursor:
                cursor.execute(USER)
                return str(cursor.fetchone()[0])
        finally:
            close_old_connections()

    work(user)
    if "OPTIONS" in settings.DATABASES["default"] and settings.DATABASES["default"]["OPTIONS"].get("pool"):
        connections["default"].close_pool()  # type: ignore[attr-defined]


def asyncpg(shown: str) -> None:
    async def run() -> None:
        pool = await executed(shown)["make"]()
        await work_in_a_loop(lambda: pool.fetchval(USER))
        await pool.close()

    asyncio.run(run())


def fastapi(shown: str) -> None:
    import httpx

    async def run() -> None:
        app = executed(shown)["app"]
        transport = httpx.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://app") as client:

            async def user() -> str:
                return str((await client.get("/user")).raise_for_status().json()["user"])

            await work_in_a_loop(user)

    asyncio.run(run())


LIBRARIES: dict[str, Callable[[str], None]] = {
    "psycopg": psycopg,
    "psycopg, asynchronous": psycopg_asynchronous,
    "SQLAlchemy": sqlalchemy,
    "SQLAlchemy, asynchronous": sqlalchemy_asynchronous,
    "Django, its pool": django,
    "Django, CONN_MAX_AGE": django,
    "asyncpg": asyncpg,
    "FastAPI": fastapi,
}

if __name__ == "__main__":
    LIBRARIES[sys.argv[1]](sys.argv[2])
