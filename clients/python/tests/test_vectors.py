"""The cases that all clients read the same way."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from leasehold_psycopg.asyncpg import _parameters
from leasehold_psycopg.connecting import settings_of
from leasehold_psycopg.contract import ContractError, DatabaseContract, database_contract
from leasehold_psycopg.credentials import Credentials, CredentialsError, read_credentials
from leasehold_psycopg.rotation import Generation

VECTORS = Path(__file__).parents[2] / "vectors"

#: What this client does otherwise; a case that is mended fails here until it is taken off the list.
DEVIATIONS: frozenset[str] = frozenset()


def cases(file: str, kind: str) -> list[Any]:
    found = json.loads((VECTORS / file).read_text())[kind]
    names = [f"{file}: {case['name']}" for case in found]
    return [pytest.param(file, case, id=name, marks=_marks(name)) for name, case in zip(names, found, strict=True)]


def _marks(name: str) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True)] if name in DEVIATIONS else []


def _contracts(kind: str) -> list[Any]:
    return cases("contracts.json", kind) + cases("variables.json", kind)


def _read(file: str, case: dict[str, Any]) -> DatabaseContract:
    if file == "variables.json":
        return database_contract(case.get("database"), env=case["variables"])
    # None is what no document is said by.
    if case["document"] is None:
        raise ContractError(["it must be an object, got None"])
    return database_contract(case.get("database"), case["document"], {})


@pytest.mark.parametrize(("file", "case"), _contracts("good"))
def test_contracts_that_hold(file: str, case: dict[str, Any]) -> None:
    got = _read(file, case)
    assert {
        "name": got.name,
        "service": got.service,
        "drainSeconds": got.drain,
        "credentialsFile": got.credentials_file,
        "format": got.format,
        "host": got.host,
        "port": got.port,
        "database": got.database,
        "schema": got.schema,
        "sslMode": got.ssl_mode,
        "sslRootCert": got.ssl_root_cert,
        "poolMax": got.pool_max,
        "poolMaxLifetimeSeconds": got.pool_max_lifetime,
        "overlapSeconds": got.overlap,
        "endpoint": _endpoint(got),
        "searchPath": got.search_path,
        "awaitsFirstUser": got.awaits_first_user,
    } == case["settings"]


def _endpoint(contract: DatabaseContract) -> dict[str, Any] | None:
    endpoint = contract.endpoint
    if endpoint is None:
        return None
    return {"name": endpoint.name, "kind": endpoint.kind, "forbids": list(endpoint.forbids)}


@pytest.mark.parametrize(("file", "case"), _contracts("good"))
def test_what_a_login_asks_for_and_what_the_driver_prepares(file: str, case: dict[str, Any]) -> None:
    contract, settings = _read(file, case), case["settings"]
    path = settings["searchPath"]
    named = "prepared-statements" not in (settings["endpoint"] or {"forbids": []})["forbids"]
    login = settings_of(contract)
    assert login.get("options") == (path and "-c search_path=" + path.replace(" ", "\\ "))
    assert ("prepare_threshold" in login) is not named
    # TLS is read anew for each connection, and these files are nowhere.
    others = _parameters(replace(contract, ssl_mode="disable"), Generation(1, Credentials("v", "p")), {})
    assert others["server_settings"].get("search_path") == path
    assert ("statement_cache_size" in others) is not named


@pytest.mark.parametrize(("file", "case"), _contracts("bad"))
def test_contracts_that_do_not(file: str, case: dict[str, Any]) -> None:
    with pytest.raises(ContractError) as refused:
        _read(file, case)
    for words in case["problems"]:
        told = [problem for problem in refused.value.problems if all(word in problem for word in words)]
        assert len(told) == 1, (words, refused.value.problems)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    def write(case: dict[str, Any]) -> str:
        file = tmp_path / "shop"
        file.write_bytes(base64.b64decode(case["base64"]) if "base64" in case else case["text"].encode())
        return str(file)

    return write


@pytest.mark.parametrize(("file", "case"), cases("credentials.json", "good"))
def test_files_that_can_be_read(file: str, case: dict[str, Any], written: Callable[[dict[str, Any]], str]) -> None:
    got = read_credentials(written(case), case["format"])
    assert (got.user, got.password) == (case["user"], case["password"])


@pytest.mark.parametrize(("file", "case"), cases("credentials.json", "bad"))
def test_files_that_cannot(file: str, case: dict[str, Any], written: Callable[[dict[str, Any]], str]) -> None:
    with pytest.raises(CredentialsError) as refused:
        read_credentials(written(case), case["format"])
    assert refused.value.reason == case["reason"]
