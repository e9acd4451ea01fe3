# pyright: basic
# asyncpg tells few of its types.
"""A pool of asyncpg, for credentials that change while it runs."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import Any

import asyncpg

from .common import PROBE_SECONDS, Common
from .contract import DatabaseContract, database_contract
from .credentials import Parser
from .hooks import Health, Hooks
from .rotation import ARRIVAL_SECONDS, CredentialsWatch, Generation

#: They would be used, and never change.
STATIC = ("dsn", "user", "password", "passfile", "service", "servicefile", "connect")


def create_pool(
    contract_database: str | None = None,
    *,
    contract: Mapping[str, Any] | None = None,
    hooks: Hooks = Hooks(),
    parse_credentials: Parser | None = None,
    credentials_timeout: float = 30.0,
    **options: Any,
) -> Pool:
    """A pool to be awaited, or entered with `async with`, as that of `asyncpg.create_pool`.

    :param options: of `asyncpg.create_pool`; what is given wins over the contract
    :raises ContractError: where the contract does not say what a pool needs
    :raises TypeError: for options that would be used and never change
    """
    given = [name for name in STATIC if name in options]
    if given:
        names = " and ".join(f"'{name}'" for name in given)
        raise TypeError(f"{names} must not be given: user and password come from the credentials file, the rest from the contract")
    database = database_contract(contract_database, contract)
    options.setdefault("max_size", database.pool_max)
    options.setdefault("min_size", min(4, options["max_size"]))
    return Pool(database, hooks, parse_credentials, credentials_timeout, options)


class Pool(Common, asyncpg.Pool):
    """Made by :func:`create_pool`."""

    def __init__(
        self,
        contract: DatabaseContract,
        hooks: Hooks,
        parse: Parser | None,
        timeout: float,
        options: Mapping[str, Any],
    ) -> None:
        self._contract = contract
        self._credentials_timeout = timeout
        self._watch = CredentialsWatch(contract, hooks, parse, self._tell, lambda each: bool(each.is_closed()))
        self._expired = 1
        self._next_probe = 0.0
        defaults: dict[str, Any] = {
            "max_queries": 50_000,
            "max_inactive_connection_lifetime": 300.0,
            "connection_class": asyncpg.Connection,
            "record_class": asyncpg.Record,
            "setup": None,
            "init": None,
            "reset": None,
            "loop": None,
        }
        super().__init__(connect=self._connect_newest, **{**defaults, **options})

    @property
    def closed(self) -> bool:
        return bool(self._closed)

    async def ready(self) -> Health:
        """For a readiness probe: whether the database answers a query of this pool."""
        try:
            await asyncio.wait_for(self.fetchval("SELECT 1"), timeout=5)
        except Exception as error:
            return Health(False, str(error) or type(error).__name__)
        return Health(True)

    async def close(self) -> None:
        self._watch.stop()
        await super().close()

    def terminate(self) -> None:
        self._watch.stop()
        super().terminate()

    async def _async__init__(self) -> Any:
        self._watch.start()
        return await super()._async__init__()

    async def _get_new_connection(self) -> Any:
        while True:
            connection = await super()._get_new_connection()
            if self._watch.refused or not self._watch.is_old(connection):
                return connection
            # The user changed while it was being opened.
            await connection.close()

    def _tell(self) -> None:
        """From the thread that watches."""
        try:
            self._loop.call_soon_threadsafe(self._expire)
        except RuntimeError:
            # The loop was closed before the pool.
            self._watch.stop()

    def _expire(self) -> None:
        """Busy connections of an old user are closed when they come back, idle ones now."""
        now, probe = time.monotonic(), self._watch.refused
        if self._expired == self._watch.generation and (not probe or now < self._next_probe):
            return
        self._expired = self._watch.generation
        self._next_probe = now + PROBE_SECONDS[1]
        self._generation += 1
        if probe:
            return
        for holder in self._holders:
            if holder._con is not None and holder._in_use is None and self._watch.is_old(holder._con):
                holder._deactivate_inactive_connection()

    async def _connect_newest(self, *_: Any, **given: Any) -> Any:
        refused: list[Generation] = []
        timeout = self._credentials_timeout
        generation = await asyncio.to_thread(self._watch.first, timeout)
        began = time.monotonic()
        while True:
            try:
                connection = await asyncpg.connect(**_parameters(self._contract, generation, given))
            except asyncpg.InvalidAuthorizationSpecificationError:
                # Of which a wrong password is one.
                if self._watch.comes(began, timeout):
                    await asyncio.sleep(ARRIVAL_SECONDS)
                    generation = await asyncio.to_thread(self._watch.first, timeout)
                    continue
                refused.append(generation)
                await asyncio.to_thread(self._watch.look)
                following = self._watch.after(refused, newest_only=False)
                if following is None or len(refused) > 2:
                    raise
                generation = following
            else:
                self._watch.opened(connection, generation, refused)
                return connection


def _parameters(contract: DatabaseContract, generation: Generation, given: Mapping[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {"application_name": contract.service} if contract.service else {}
    if contract.search_path is not None:
        settings["search_path"] = contract.search_path
    return {
        **({"statement_cache_size": 0} if contract.is_forbidden("prepared-statements") else {}),
        "host": contract.host,
        "port": contract.port,
        "database": contract.database,
        "ssl": _trust(contract),
        **given,
        "server_settings": {**settings, **(given.get("server_settings") or {})},
        "user": generation.credentials.user,
        "password": generation.credentials.password,
    }


def _trust(contract: DatabaseContract) -> Any:
    """The CA is read for each connection: it may be another by now."""
    if contract.ssl_mode == "verify-full":
        return ssl.create_default_context(cafile=contract.ssl_root_cert)
    return contract.ssl_mode
