"""The probes and the metrics, asked over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
from fastapi import FastAPI

from leasehold_psycopg import AsyncRotatingPool, asgi, wsgi

from .conftest import AgentFile, Server, contract_of
from .test_pool import current_user, pool_of, rotate


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def served(application: Any) -> Iterator[str]:
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}"
        finally:
            serving.shutdown()
            thread.join()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_wsgi(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)
    pool = pool_of(server, agent, min_size=1, max_size=1)
    current_user(pool)
    with served(wsgi(pool)) as at:
        assert get(f"{at}/ready") == (200, '{"ok": true}')
        assert get(f"{at}/live") == (200, '{"ok": true}')
        status, text = get(f"{at}/metrics")
        assert (status, 'leasehold_connections{database="shop",service="orders",user="current"} 1' in text) == (200, True)
        assert get(f"{at}/else")[0] == 404
        pool.close()
        assert get(f"{at}/live") == (503, '{"ok": false, "reason": "the pool is closed"}')
        status, text = get(f"{at}/ready")
        assert (status, json.loads(text)["ok"]) == (503, False)
        assert "geheim" not in text


def test_asgi_where_it_is_mounted(server: Server, agent: AgentFile) -> None:
    rotate(server, agent)

    async def run() -> None:
        async with AsyncRotatingPool(contract=contract_of(server.port, agent.file), min_size=1) as pool:
            await pool.wait()
            app = FastAPI()
            app.mount("/internal", asgi(pool))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://pod") as client:
                assert (await client.get("/internal/ready")).json() == {"ok": True}
                assert (await client.get("/internal/live")).json() == {"ok": True}
                assert "leasehold_rotations_total" in (await client.get("/internal/metrics")).text
                assert (await client.get("/internal/else")).status_code == 404
                await pool.close()
                assert (await client.get("/internal/live")).status_code == 503

    asyncio.run(run())
