"""How a connection is opened: with the newest user that PostgreSQL accepts, and everything else from the contract."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, cast

import psycopg
from psycopg_pool.abc import ACT, CT

from .contract import DatabaseContract
from .rotation import ARRIVAL_SECONDS, CredentialsWatch, Generation

#: They would be used, and never change.
STATIC = ("user", "password", "passfile", "service")
#: Set where only a connection of the newest user is of use.
NEWEST_ONLY: ContextVar[bool] = ContextVar("NEWEST_ONLY", default=False)


def refuse_static(kwargs: object) -> None:
    """What `kwargs` of a pool must not have; what a callable gives is asked at each connection.

    :raises TypeError:
    """
    given = [key for key in STATIC if isinstance(kwargs, Mapping) and key in kwargs]
    if given:
        names = " and ".join(f"'{key}'" for key in given)
        raise TypeError(
            f"{names} must not be in 'kwargs': user and password come from the credentials file, the rest from the contract"
        )


def rotating_class(
    base: type[CT], watch: CredentialsWatch, contract: DatabaseContract, timeout: float
) -> type[CT]:
    """The class of a pool's connections: `base`, whose `connect` takes the credentials from the file."""

    def connect(cls: type[CT], conninfo: str = "", **kwargs: Any) -> CT:
        refuse_static(kwargs)
        refused: list[Generation] = []
        generation = watch.first(timeout)
        began = time.monotonic()
        while True:
            try:
                connection: CT = super(cast(Any, rotating), cls).connect(
                    conninfo, **_parameters(contract, generation, kwargs)
                )
            except psycopg.OperationalError as error:
                if _is_refusal(error) and watch.comes(began, timeout):
                    time.sleep(ARRIVAL_SECONDS)
                    generation = watch.first(timeout)
                    continue
                refused.append(generation)
                watch.look()
                following = watch.after(refused, NEWEST_ONLY.get())
                if following is None or len(refused) > 2:
                    raise
                generation = following
            else:
                break
        newest = watch.newest_of(refused)
        if newest is not None:
            # Either it was refused or nobody was there to be asked: now somebody is.
            with suppress(psycopg.OperationalError):
                successor: CT = super(cast(Any, rotating), cls).connect(
                    conninfo, **_parameters(contract, newest, kwargs)
                )
                connection.close()
                connection, generation = successor, newest
        watch.opened(connection, generation, refused)
        return connection

    rotating = _derived(base, connect)
    return cast("type[CT]", rotating)


def async_rotating_class(
    base: type[ACT], watch: CredentialsWatch, contract: DatabaseContract, timeout: float
) -> type[ACT]:
    """As :func:`rotating_class`."""

    async def connect(cls: type[ACT], conninfo: str = "", **kwargs: Any) -> ACT:
        refuse_static(kwargs)
        refused: list[Generation] = []
        generation = await asyncio.to_thread(watch.first, timeout)
        began = time.monotonic()
        while True:
            try:
                connection: ACT = await super(cast(Any, rotating), cls).connect(
                    conninfo, **_parameters(contract, generation, kwargs)
                )
            except psycopg.OperationalError as error:
                if _is_refusal(error) and watch.comes(began, timeout):
                    await asyncio.sleep(ARRIVAL_SECONDS)
                    generation = await asyncio.to_thread(watch.first, timeout)
                    continue
                refused.append(generation)
                await asyncio.to_thread(watch.look)
                following = watch.after(refused, NEWEST_ONLY.get())
                if following is None or len(refused) > 2:
                    raise
                generation = following
            else:
                break
        newest = watch.newest_of(refused)
        if newest is not None:
            # Either it was refused or nobody was there to be asked: now somebody is.
            with suppress(psycopg.OperationalError):
                successor: ACT = await super(cast(Any, rotating), cls).connect(
                    conninfo, **_parameters(contract, newest, kwargs)
                )
                await connection.close()
                connection, generation = successor, newest
        watch.opened(connection, generation, refused)
        return connection

    rotating = _derived(base, connect)
    return cast("type[ACT]", rotating)


def _is_refusal(error: psycopg.OperationalError) -> bool:
    """libpq tells no code of a login that has failed, and the server's words are of its own language."""
    return error.pgconn is not None and error.pgconn.used_password


def _derived(base: type, connect: Callable[..., object]) -> type:
    return type(base.__name__, (base,), {"connect": classmethod(connect), "__doc__": base.__doc__})


def _parameters(contract: DatabaseContract, generation: Generation, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    user, password = generation.credentials.user, generation.credentials.password
    return {**settings_of(contract), **kwargs, "user": user, "password": password}


def settings_of(contract: DatabaseContract) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "host": contract.host,
        "port": contract.port,
        "dbname": contract.database,
        "sslmode": contract.ssl_mode,
    }
    if contract.ssl_root_cert is not None and contract.ssl_mode == "verify-full":
        settings["sslrootcert"] = contract.ssl_root_cert
    if contract.service:
        settings["fallback_application_name"] = contract.service
    if contract.search_path is not None:
        # PostgreSQL splits the options at white space.
        settings["options"] = "-c search_path=" + contract.search_path.replace("\\", "\\\\").replace(" ", "\\ ")
    if contract.is_forbidden("prepared-statements"):
        settings["prepare_threshold"] = None
    return settings
