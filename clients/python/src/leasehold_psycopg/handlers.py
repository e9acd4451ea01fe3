"""What answers a kubelet and Prometheus: an application of WSGI or ASGI, to be served or mounted."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

from .hooks import Health
from .metrics import Measured, prometheus_text

TEXT = "text/plain; version=0.0.4; charset=utf-8"
Answer = tuple[int, str, bytes]


class Asked(Measured, Protocol):
    def ready(self) -> Health: ...
    def live(self) -> Health: ...


class AsyncAsked(Measured, Protocol):
    async def ready(self) -> Health: ...
    def live(self) -> Health: ...


def wsgi(*pools: Asked) -> Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]:
    """Answers `/ready` and `/live` with 200, or 503 and the reason, and `/metrics`; anything else with 404."""

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/ready":
            answer = _health([pool.ready() for pool in pools])
        else:
            answer = _other(path, pools)
        status, content_type, body = answer
        start_response(f"{status} {_WORDS[status]}", [("Content-Type", content_type)])
        return [body]

    return application


def asgi(*pools: AsyncAsked) -> Callable[..., Awaitable[None]]:
    """As :func:`wsgi`, of asynchronous pools."""

    async def application(scope: dict[str, Any], receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        if scope["type"] != "http":
            return
        # Where it is mounted, the path has that of the mount before it.
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        if path == "/ready":
            status, content_type, body = _health([await pool.ready() for pool in pools])
        else:
            status, content_type, body = _other(path, pools)
        headers = [(b"content-type", content_type.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


_WORDS = {200: "OK", 404: "Not Found", 503: "Service Unavailable"}


def _other(path: str, pools: Sequence[Asked | AsyncAsked]) -> Answer:
    if path == "/live":
        return _health([pool.live() for pool in pools])
    if path == "/metrics":
        return 200, TEXT, prometheus_text(*pools).encode()
    return 404, "text/plain", b"/ready, /live and /metrics are here\n"


def _health(answers: Sequence[Health]) -> Answer:
    reasons = [each.reason for each in answers if not each.ok]
    said: dict[str, object] = {"ok": False, "reason": "; ".join(reasons)} if reasons else {"ok": True}
    return 503 if reasons else 200, "application/json", json.dumps(said).encode()
