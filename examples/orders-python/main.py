"""An HTTP service whose database user changes while it runs."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from leasehold_psycopg import AsyncRotatingPool, ContractError, Hooks, asgi


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


HOOKS = Hooks(
    on_rotation=lambda rotation: say(f"database user {rotation.generation} is in use"),
    on_overstay=lambda overstay: say(f"{overstay.connections} connections of the old user are still in use"),
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # All of it comes from the contract; the pool is made where the event loop runs.
    pool = app.state.pool = AsyncRotatingPool(hooks=HOOKS)
    await pool.open()
    app.mount("/", asgi(pool))
    yield
    # Requests have ended by then.
    await pool.shut_down()


app = FastAPI(lifespan=lifespan)


@app.exception_handler(Exception)
async def fail(_: Any, error: Exception) -> JSONResponse:
    return JSONResponse({"error": "the database does not answer"}, 500)


async def row(query: str, *parameters: int) -> tuple[Any, ...] | None:
    async with app.state.pool.connection() as connection:
        return await (await connection.execute(query, parameters)).fetchone()


@app.get("/orders/{order}")
async def find(order: int) -> JSONResponse:
    found = await row("SELECT id, customer_id, total::text FROM orders WHERE id = %s", order)
    if found is None:
        return JSONResponse({"error": "no such order"}, 404)
    return JSONResponse(dict(zip(("id", "customer_id", "total"), found)))


@app.post("/customers/{customer}/orders")
async def place(customer: int) -> JSONResponse:
    placed = await row("INSERT INTO orders (customer_id, total) VALUES (%s, 0) RETURNING id", customer)
    return JSONResponse({"id": placed[0] if placed else None}, 201)


class Server(uvicorn.Server):
    """The Service sends customers here until every node has heard that this pod ends: they are still answered, for a third of the drain."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        loop = asyncio.get_running_loop()
        last_customers = float(os.environ.get("LEASEHOLD_DRAIN", "20")) / 3
        loop.call_soon_threadsafe(loop.call_later, last_customers, super().handle_exit, sig, frame)


if __name__ == "__main__":
    host, port = os.environ.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", "8080"))
    Server(uvicorn.Config(app, host=host, port=port, access_log=False)).run()
