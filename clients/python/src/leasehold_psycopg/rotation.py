"""The credentials of a file that is replaced, and the connections that were opened with them."""

from __future__ import annotations

import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable
from typing import Any

from .contract import DatabaseContract
from .credentials import Credentials, CredentialsError, Parser, read_credentials
from .hooks import Hooks, Overstay, Rotation, RotationStatus

#: The file is small and in memory; reading it costs less than asking whether it has changed.
INTERVAL = 0.1
#: When the overlap is nearly over: the rest is for whoever wants to do something about it.
OVERSTAY_SHARE = 0.8


class CredentialsWatch:
    """Keeps the newest good credentials, and tells of others. Compares contents, not times: a directory may be replaced as a whole."""

    def __init__(
        self, contract: DatabaseContract, hooks: Hooks, parse: Parser | None, rotate: Callable[[], None]
    ) -> None:
        self._contract = contract
        self._hooks = hooks
        self._parse = parse
        self._rotate = rotate
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._current: Credentials | None = None
        self._trouble: CredentialsError | None = None
        self._rotated_at: float | None = None
        self._overstay_told = True
        self._generations: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._thread: threading.Thread | None = None
        self.generation = 0
        self.overstays = 0
        self.errors = 0

    def start(self) -> None:
        """Begins to look; it keeps no process alive."""
        self.look()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="leasehold-credentials", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL):
            self.look()
            self._look_for_overstays()

    def look(self) -> None:
        """Reads the file now."""
        try:
            if not self._take_up():
                return
        except CredentialsError as error:
            self._report(error)
            return
        self._rotate()
        if self._hooks.on_rotation:
            self._hooks.on_rotation(Rotation(self.generation))

    def _take_up(self) -> bool:
        """Whether the user has changed. One thread at a time: a slow one must not put back what it read before."""
        with self._lock:
            read = read_credentials(self._contract.credentials_file, self._contract.format, self._parse)
            self._trouble = None
            if read == self._current:
                return False
            first = self._current is None
            self._current = read
            self.generation += 1
            if first:
                return False
            self._rotated_at = time.monotonic()
            self._overstay_told = False
            return True

    def _report(self, error: CredentialsError) -> None:
        with self._lock:
            told = self._trouble is not None and self._trouble.reason == error.reason
            self._trouble = error
            if told:
                return
            self.errors += 1
        if self._hooks.on_credentials_error:
            self._hooks.on_credentials_error(error)

    def connection_kwargs(self, timeout: float) -> dict[str, Any]:
        """What a new connection is opened with; waits for the first credentials.

        :raises CredentialsError: what is wrong with the file when the time is over
        """
        end = time.monotonic() + timeout
        while True:
            self.look()
            with self._lock:
                current, trouble = self._current, self._trouble
            if current is not None:
                return {**_settings(self._contract), "user": current.user, "password": current.password}
            if time.monotonic() > end:
                raise trouble or CredentialsError(self._contract.credentials_file, "missing", "nobody wrote it")
            time.sleep(0.05)

    def is_current(self, user: object, password: object) -> bool:
        with self._lock:
            return self._current == Credentials(str(user), str(password))

    def opened(self, connection: object) -> None:
        with self._lock:
            self._generations[connection] = self.generation

    def is_old(self, connection: object) -> bool:
        with self._lock:
            return self._generations.get(connection, self.generation) < self.generation

    def _open(self) -> list[int]:
        return [each for connection, each in list(self._generations.items()) if not connection.closed]

    def _look_for_overstays(self) -> None:
        with self._lock:
            overlap = self._contract.overlap
            if self._overstay_told or self._rotated_at is None:
                return
            if time.monotonic() - self._rotated_at < overlap * OVERSTAY_SHARE:
                return
            self._overstay_told = True
            old = sum(1 for each in self._open() if each < self.generation)
            self.overstays += old
        if old and self._hooks.on_overstay:
            self._hooks.on_overstay(Overstay(old, overlap * (1 - OVERSTAY_SHARE)))

    def status(self) -> RotationStatus:
        with self._lock:
            since = None if self._rotated_at is None else time.monotonic() - self._rotated_at
            return RotationStatus(
                generation=self.generation,
                rotations=max(0, self.generation - 1),
                seconds_since_rotation=since,
                overlap_seconds_left=0.0 if since is None else max(0.0, self._contract.overlap - since),
                connections=dict(Counter(self._open())),
                overstays=self.overstays,
                credentials_errors=self.errors,
            )


def _settings(contract: DatabaseContract) -> dict[str, Any]:
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
    if contract.schema != "public":
        # PostgreSQL splits the options at white space.
        quoted = '"' + contract.schema.replace('"', '""') + '"'
        settings["options"] = "-c search_path=" + quoted.replace("\\", "\\\\").replace(" ", "\\ ")
    return settings
