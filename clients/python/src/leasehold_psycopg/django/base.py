# pyright: basic
# Django tells few of its types.
"""Django's backend for PostgreSQL, with user and password from the file that the Vault agent replaces."""

from __future__ import annotations

import os
from typing import Any, ClassVar, cast

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient

from ..connecting import rotating_class, settings_of
from ..contract import ContractError, DatabaseContract, database_contract
from ..credentials import read_credentials
from ..hooks import Hooks
from ..pool import RotatingPool
from ..rotation import CredentialsWatch

#: How long a connection waits for a file that is not there yet, in seconds.
CREDENTIALS_TIMEOUT = 30.0


def contract_of(settings: dict[str, Any]) -> DatabaseContract:
    """What the contract says of a database of the settings; the name of one among several is `OPTIONS["contract_database"]`.

    :raises ImproperlyConfigured: where there is no contract, or where the settings have credentials that never change
    """
    static = [key for key in ("USER", "PASSWORD") if settings.get(key)]
    static += [f"OPTIONS['{key}']" for key in ("user", "password", "passfile", "service") if key in settings["OPTIONS"]]
    if static:
        raise ImproperlyConfigured(
            f"{' and '.join(static)} must not be set: user and password come from the credentials file"
        )
    try:
        return database_contract(settings["OPTIONS"].get("contract_database"))
    except ContractError as error:
        raise ImproperlyConfigured(str(error)) from None


class DatabaseClient(PostgresClient):
    """`manage.py dbshell`, with the credentials of now."""

    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict: dict[str, Any], parameters: Any) -> tuple[list[str], dict[str, Any]]:
        contract = contract_of(settings_dict)
        credentials = read_credentials(contract.credentials_file, contract.format)
        defaults = settings_of(contract)
        options = {key: value for key, value in settings_dict["OPTIONS"].items() if key not in OURS}
        arguments, env = PostgresClient.settings_to_cmd_args_env(
            {
                "NAME": settings_dict.get("NAME") or contract.database,
                "HOST": settings_dict.get("HOST") or contract.host,
                "PORT": settings_dict.get("PORT") or contract.port,
                "USER": credentials.user,
                "PASSWORD": credentials.password,
                "OPTIONS": {key: defaults[key] for key in ("sslmode", "sslrootcert") if key in defaults} | options,
            },
            parameters,
        )
        return list(arguments), dict(env or {})


#: Options that are no parameters of a connection.
OURS = ("contract_database", "hooks")


class DatabaseWrapper(base.DatabaseWrapper):
    """With `OPTIONS["pool"]` a :class:`RotatingPool`; without, connections that live as long as `CONN_MAX_AGE` and their user."""

    client_class = DatabaseClient
    #: By alias; each process has its own.
    _rotating_pools: ClassVar[dict[str, RotatingPool[Any]]] = {}
    _watches: ClassVar[dict[tuple[int, str, DatabaseContract], CredentialsWatch]] = {}

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        self.Database = _Driver(self)

    @property
    def pool(self) -> RotatingPool[Any] | None:
        given = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == base.NO_DB_ALIAS or not given:
            return None
        if self.alias not in self._rotating_pools:
            if self.settings_dict.get("CONN_MAX_AGE", 0) != 0:
                raise ImproperlyConfigured("Pooling doesn't support persistent connections.")
            options: dict[str, Any] = {} if given is True else dict(given)
            if self.settings_dict.get("CONN_HEALTH_CHECKS"):
                options.setdefault("check", RotatingPool.check_connection)
            pool: RotatingPool[Any] = RotatingPool(
                self.settings_dict["OPTIONS"].get("contract_database"),
                hooks=self._hooks,
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=cast(Any, self._configure_connection),
                **options,
            )
            # Several threads may have come here; one pool stays, and none was opened.
            self._rotating_pools.setdefault(self.alias, pool)
        return self._rotating_pools[self.alias]

    def close_pool(self) -> None:
        pool = self._rotating_pools.pop(self.alias, None)
        if pool is not None:
            pool.close()

    def get_connection_params(self) -> dict[str, Any]:
        contract = contract_of(self.settings_dict)
        if self.settings_dict["NAME"] == "":
            self.settings_dict["NAME"] = contract.database
        given = super().get_connection_params()
        return {**settings_of(contract), **{key: value for key, value in given.items() if key not in OURS}}

    def close_if_unusable_or_obsolete(self) -> None:
        """At the beginning and the end of a request: a connection of an old user is not kept for the next one."""
        if self.connection is not None and not self.in_atomic_block and self.pool is None:
            watch = self._watch()
            watch.look()
            if watch.is_old(self.connection):
                self.close()
                return
        super().close_if_unusable_or_obsolete()

    @property
    def _hooks(self) -> Hooks:
        return self.settings_dict["OPTIONS"].get("hooks") or Hooks()

    def _watch(self) -> CredentialsWatch:
        # Without a pool nobody but a request looks at the file, so that there is no thread to be lost by a fork.
        contract = contract_of(self.settings_dict)
        key = (os.getpid(), self.alias, contract)
        if key not in self._watches:
            watch = CredentialsWatch(contract, self._hooks, None, lambda: None)
            # Several threads may have come here; one watch stays.
            self._watches.setdefault(key, watch)
        return self._watches[key]

    def _connect(self, **kwargs: Any) -> psycopg.Connection[Any]:
        contract, watch = contract_of(self.settings_dict), self._watch()
        return rotating_class(psycopg.Connection, watch, contract, CREDENTIALS_TIMEOUT).connect(**kwargs)


class _Driver:
    """psycopg, but for how a connection is made: Django asks its driver for that and for the classes of errors."""

    def __init__(self, wrapper: DatabaseWrapper) -> None:
        self._wrapper = wrapper

    def connect(self, **kwargs: Any) -> psycopg.Connection[Any]:
        return self._wrapper._connect(**kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)
