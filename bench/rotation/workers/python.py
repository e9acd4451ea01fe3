"""The programs of Python, one of threads and one of asyncio; ../program.ts says what they are given and what they answer."""

import asyncio
import json
import math
import os
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, TypeVar

from leasehold_psycopg import AsyncRotatingPool, RotatingPool
from psycopg_pool import AsyncConnectionPool, ConnectionPool

Pool = TypeVar("Pool")
PAUSE_SHARE = 0.01
TRANSACTION_SHARE = 0.002
TRANSACTION_SECONDS = 0.5
# Why they are no dice is said in load.ts.
PIECE, PAUSE, REST, APART = math.sqrt(5), math.sqrt(2), math.sqrt(3), 10_007


class Load:
    """What the workers have seen from `go` to `halt`."""

    def __init__(self) -> None:
        self.queries = 0
        self.failed = 0
        self.failures: Counter[str] = Counter()
        self.asked: list[tuple[int, float, float]] = []
        self.lock = threading.Lock()
        self.cpu = cpu()

    def add(self, queries: int) -> None:
        with self.lock:
            self.queries += queries

    def fail(self, error: Exception) -> None:
        with self.lock:
            self.failed += 1
            self.failures[str(error)] += 1


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


kind, way, workers, file = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
with open(os.environ["LEASEHOLD_CONTRACT"]) as contract:
    databases: Mapping[str, Mapping[str, Any]] = json.load(contract)["databases"]
load = Load()
halted = threading.Event()


def static(database: Mapping[str, Any]) -> dict[str, Any]:
    login = {"user": os.environ["BENCH_USER"], "password": os.environ["BENCH_PASSWORD"]}
    address = {"host": database["host"], "port": database["port"], "dbname": database["database"]}
    return {"kwargs": {**address, **login}, "min_size": database["poolMax"], "max_size": database["poolMax"]}


def go() -> None:
    global load
    load = Load()
    halted.clear()


def answer() -> None:
    used = cpu() - load.cpu
    with open(file, "w") as out:
        out.writelines(f"{pod} {at:.0f} {taken:.1f}\n" for pod, at, taken in load.asked)
    counted = {"queries": load.queries, "failed": load.failed, "failures": load.failures, "cpu": used}
    print(json.dumps(counted), flush=True)


class Turns:
    """Of a worker: which piece of work it is, and how long the pauses are before and after it, in seconds."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.turns = count(row * APART)

    def __iter__(self) -> Iterator[tuple[float, float, float]]:
        """Goes on where it was halted."""
        while not halted.is_set():
            turn = next(self.turns)
            yield turn * PIECE % 1, turn * PAUSE % 1 / 2, 0.002 + turn * REST % 1 * 0.006


def workers_of(pools: list[Pool]) -> list[tuple[int, Pool, Turns]]:
    return [(pod, pool, Turns(1 + pod * 100 + worker)) for pod, pool in enumerate(pools) for worker in range(workers)]


def threads() -> None:
    pools: list[ConnectionPool[Any]] = [
        RotatingPool(name) if way == "leasehold" else ConnectionPool(open=True, **static(database)) for name, database in databases.items()
    ]

    def work(pod: int, pool: ConnectionPool[Any], turns: Turns) -> None:
        for piece, pause, rest in turns:
            if piece < PAUSE_SHARE:
                time.sleep(pause)
            try:
                if piece > 1 - TRANSACTION_SHARE:
                    load.add(4)
                    with pool.connection() as connection:
                        connection.execute("UPDATE orders SET total = total + 1 WHERE id = %s", [turns.row])
                        time.sleep(TRANSACTION_SECONDS)
                        connection.execute("SELECT 1")
                else:
                    load.add(1)
                    at, began = time.time(), time.perf_counter()
                    with pool.connection() as connection:
                        connection.execute("SELECT total FROM orders WHERE id = %s", [1]).fetchone()
                    load.asked.append((pod, at * 1e3, (time.perf_counter() - began) * 1e6))
            except Exception as error:
                load.fail(error)
                time.sleep(0.02)
            time.sleep(rest)

    all_workers = workers_of(pools)
    working: list[threading.Thread] = []
    for line in sys.stdin:
        if line == "go\n":
            go()
            working = [threading.Thread(target=work, args=each) for each in all_workers]
            for each in working:
                each.start()
            continue
        halted.set()
        for each in working:
            each.join()
        answer()
    for pool in pools:
        pool.close()


async def tasks() -> None:
    pools: list[AsyncConnectionPool[Any]] = [
        AsyncRotatingPool(name, open=False) if way == "leasehold" else AsyncConnectionPool(open=False, **static(database))
        for name, database in databases.items()
    ]
    for pool in pools:
        await pool.open(wait=True)

    async def work(pod: int, pool: AsyncConnectionPool[Any], turns: Turns) -> None:
        for piece, pause, rest in turns:
            if piece < PAUSE_SHARE:
                await asyncio.sleep(pause)
            try:
                if piece > 1 - TRANSACTION_SHARE:
                    load.add(4)
                    async with pool.connection() as connection:
                        await connection.execute("UPDATE orders SET total = total + 1 WHERE id = %s", [turns.row])
                        await asyncio.sleep(TRANSACTION_SECONDS)
                        await connection.execute("SELECT 1")
                else:
                    load.add(1)
                    at, began = time.time(), time.perf_counter()
                    async with pool.connection() as connection:
                        await (await connection.execute("SELECT total FROM orders WHERE id = %s", [1])).fetchone()
                    load.asked.append((pod, at * 1e3, (time.perf_counter() - began) * 1e6))
            except Exception as error:
                load.fail(error)
                await asyncio.sleep(0.02)
            await asyncio.sleep(rest)

    all_workers = workers_of(pools)
    working: list[asyncio.Task[None]] = []
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line == "go\n":
            go()
            working = [asyncio.create_task(work(*each)) for each in all_workers]
            continue
        halted.set()
        await asyncio.gather(*working)
        answer()
    for pool in pools:
        await pool.close()


if kind == "threads":
    threads()
else:
    asyncio.run(tasks())
