"""What leasehold tells an application about its databases."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, cast

FORMATS = ("json", "env", "properties", "url", "custom")
SSL_MODES = ("verify-full", "require", "disable")
#: What `max_connections` of PostgreSQL may be.
MOST_CONNECTIONS = 262_143


class ContractError(Exception):
    """The contract is not there, or does not say what a pool needs; names everything that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"the contract of leasehold cannot be used: {'; '.join(problems)}")
        self.problems = problems


@dataclass(frozen=True)
class Endpoint:
    """A replica, a pooler, or another name of the server."""

    name: str
    kind: str
    #: What a pooler forbids its clients, such as `listen`.
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatabaseContract:
    """One database of a service; durations in seconds."""

    name: str
    service: str
    drain: float
    credentials_file: str
    format: str
    host: str
    port: int
    database: str
    schema: str
    ssl_mode: str
    ssl_root_cert: str | None
    pool_max: int
    pool_max_lifetime: float
    overlap: float
    #: Another way than to the server in which Vault makes users; variables do not tell it.
    endpoint: Endpoint | None = None

    def is_forbidden(self, what: str) -> bool:
        """Whether the way to the database forbids something, such as a pooler does that hands connections on."""
        return self.endpoint is not None and what in self.endpoint.forbids

    @property
    def search_path(self) -> str | None:
        """What a login asks for; a pooler refuses one that does, and there the database has it as a default."""
        if self.schema == "public" or self.is_forbidden("startup-parameters"):
            return None
        return '"' + self.schema.replace('"', '""') + '"'

    @property
    def awaits_first_user(self) -> bool:
        """Whether a user comes a moment after its file."""
        return self.endpoint is not None and self.endpoint.kind == "replica"


def database_contract(
    name: str | None = None,
    document: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
) -> DatabaseContract:
    """The contract of one database.

    A document wins over variables: it is what leasehold has written as a whole, and ``LEASEHOLD_CONTRACT``
    names it in every pod. ``name`` may be left out where the service has one database alone.

    :raises ContractError: with everything that is wrong
    """
    env = os.environ if env is None else env
    found = document if document is not None else _read_document(env)
    contract = _checked(_contract_of_variables(env) if found is None else found)
    databases: Mapping[str, Any] = contract["databases"]
    chosen = _choose(name, list(databases))
    problems = _problems(f"databases.{chosen}", databases[chosen])
    if problems:
        raise ContractError(problems)
    database = databases[chosen]
    return DatabaseContract(
        name=chosen,
        service=contract.get("service", ""),
        drain=float(contract.get("drainSeconds", 20)),
        credentials_file=database["credentialsFile"],
        format=database["format"],
        host=database["host"],
        port=int(database["port"]),
        database=database["database"],
        schema=database["schema"],
        ssl_mode=database["sslMode"],
        ssl_root_cert=database["sslRootCert"],
        pool_max=int(database["poolMax"]),
        pool_max_lifetime=float(database["poolMaxLifetimeSeconds"]),
        overlap=float(database["overlapSeconds"]),
        endpoint=_endpoint(database.get("endpoint")),
    )


def _checked(given: object) -> Mapping[str, Any]:
    """A document may be anything; one that is none of leasehold is said to be so."""
    document = _object(given)
    if document is None:
        raise ContractError([f"it must be an object, got {given!r}"])
    problems: list[str] = []
    if document.get("version") != 1:
        problems.append(f"it has version {document.get('version')!r}; this client reads version 1")
    if _object(document.get("databases")) is None:
        problems.append(f"'databases' must be an object, got {document.get('databases')!r}")
    if not isinstance(document.get("service", ""), str):
        problems.append(f"'service' must be a text, got {document['service']!r}")
    if not (_is_number(document.get("drainSeconds", 20)) and document.get("drainSeconds", 20) >= 0):
        problems.append(f"'drainSeconds' must be a number of 0 or more, got {document.get('drainSeconds')!r}")
    if problems:
        raise ContractError(problems)
    return document


def _choose(name: str | None, known: list[str]) -> str:
    listed = ", ".join(known) or "none"
    if name is not None:
        if name in known:
            return name
        raise ContractError([f"there is no database {name!r}; known: {listed}"])
    if len(known) == 1:
        return known[0]
    raise ContractError([f"it has {len(known)} databases ({listed}); name one as 'contract_database'"])


def _read_document(env: Mapping[str, str]) -> Mapping[str, Any] | None:
    file = env.get("LEASEHOLD_CONTRACT")
    if file is None or not Path(file).exists():
        return None
    try:
        document: object = json.loads(Path(file).read_text())
    except ValueError:
        raise ContractError([f"{file} is no JSON"]) from None
    except OSError as error:
        raise ContractError([f"{file} cannot be read: {error.strerror}"]) from None
    return _checked(document)


def _contract_of_variables(env: Mapping[str, str]) -> Mapping[str, Any]:
    prefixes = [match[1] for key in env if (match := re.fullmatch(r"LEASEHOLD_(.+)_CREDENTIALS_FILE", key))]
    if not prefixes:
        raise ContractError(
            [
                "there is neither a file that LEASEHOLD_CONTRACT names nor a variable "
                "LEASEHOLD_<DATABASE>_CREDENTIALS_FILE; leasehold gives both to a pod of its own, and a patch "
                "with them to one that is deployed elsewhere"
            ]
        )
    return {
        "version": 1,
        "service": env.get("LEASEHOLD_SERVICE", ""),
        "drainSeconds": _number_in(env.get("LEASEHOLD_DRAIN", "20")),
        "databases": {prefix.lower().replace("_", "-"): _of_variables(prefix, env) for prefix in prefixes},
    }


def _of_variables(prefix: str, env: Mapping[str, str]) -> Mapping[str, Any]:
    def get(name: str) -> str | None:
        return env.get(f"LEASEHOLD_{prefix}_{name}")

    return {
        "credentialsFile": get("CREDENTIALS_FILE"),
        "format": get("FORMAT"),
        "host": get("HOST"),
        "port": _number_in(get("PORT")),
        "database": get("DATABASE"),
        "schema": get("SCHEMA") or "public",
        "sslMode": get("SSL_MODE"),
        "sslRootCert": get("SSL_ROOT_CERT"),
        "poolMax": _number_in(get("POOL_MAX")),
        "poolMaxLifetimeSeconds": _number_in(get("POOL_MAX_LIFETIME")),
        "overlapSeconds": _number_in(get("OVERLAP")),
    }


def _number_in(text: str | None) -> float | str | None:
    """What is none stays a text, and is told to be one."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def _object(value: object) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def _problems(where: str, given: object) -> list[str]:
    database = _object(given)
    if database is None:
        return [f"'{where}' must be an object, got {given!r}"]
    problems: list[str] = []
    for key in ("credentialsFile", "host", "database", "schema"):
        if not isinstance(database.get(key), str) or database[key] == "":
            problems.append(f"'{where}.{key}' must be a text, got {database.get(key)!r}")
    for key, most in (("port", 65_535), ("poolMax", MOST_CONNECTIONS), ("poolMaxLifetimeSeconds", None), ("overlapSeconds", None)):
        value = database.get(key)
        if not (_is_number(value) and value > 0):
            problems.append(f"'{where}.{key}' must be a number above 0, got {value!r}")
        elif most is not None and (value % 1 != 0 or value > most):
            problems.append(f"'{where}.{key}' must be a whole number up to {most}, got {value!r}")
    for key, allowed in (("format", FORMATS), ("sslMode", SSL_MODES)):
        if database.get(key) not in allowed:
            problems.append(f"'{where}.{key}' must be one of {', '.join(allowed)}, got {database.get(key)!r}")
    if "endpoint" in database and _endpoint(database["endpoint"]) is None:
        problems.append(
            f"'{where}.endpoint' must be an object with 'name' and 'kind', and texts where it has 'forbids', "
            f"got {database['endpoint']!r}"
        )
    if "sslRootCert" not in database or not isinstance(database["sslRootCert"], (str, type(None))):
        problems.append(f"'{where}.sslRootCert' must be a path or null, got {database.get('sslRootCert', 'nothing')!r}")
    return problems


def _endpoint(given: object) -> Endpoint | None:
    """What a database says of its endpoint; nothing where that is none."""
    endpoint = _object(given)
    if endpoint is None:
        return None
    name, kind, forbids = endpoint.get("name"), endpoint.get("kind"), endpoint.get("forbids", [])
    if not (isinstance(name, str) and isinstance(kind, str) and isinstance(forbids, list)):
        return None
    listed = cast("list[object]", forbids)
    texts = tuple(each for each in listed if isinstance(each, str))
    return Endpoint(name, kind, texts) if len(texts) == len(listed) else None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
