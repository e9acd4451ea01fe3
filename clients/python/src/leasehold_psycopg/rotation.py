"""The credentials of a file that is replaced, and the connections that were opened with them."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from .contract import DatabaseContract
from .credentials import CredentialsError, Credentials, Parser, Stamp, read_credentials, stamp_of
from .hooks import Hooks, Overstay, Rotation, RotationStatus

#: How often it is asked whether the file is another one, which costs a tenth of reading it.
INTERVAL = 0.25
#: How often it is read whatever was answered: not every file system tells the truth.
READ_INTERVAL = 1.0
#: When the overlap is nearly over: the rest is for whoever wants to do something about it.
OVERSTAY_SHARE = 0.8
#: How often a replica is asked whether a user has come.
ARRIVAL_SECONDS = 0.25

T = TypeVar("T")
logger = logging.getLogger("leasehold_psycopg")


@dataclass(frozen=True)
class Generation:
    """Credentials, and the how manieth ones they are."""

    number: int
    credentials: Credentials


class CredentialsWatch:
    """Keeps the newest good credentials, and tells of others. What counts is the content, not a time: a directory may be replaced as a whole.

    :param rotate: called when the user has changed, and while connections of older users are open
    """

    def __init__(
        self,
        contract: DatabaseContract,
        hooks: Hooks,
        parse: Parser | None,
        rotate: Callable[[], None],
        is_closed: Callable[[Any], bool] = attrgetter("closed"),
    ) -> None:
        self._contract = contract
        self._hooks = hooks
        self._parse = parse
        self._rotate = rotate
        self._is_closed = is_closed
        #: Held while the file is read, which may take long; nobody who lends connections waits for it.
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._stamp: Stamp | None = None
        self._read_at = -READ_INTERVAL
        self._current: Generation | None = None
        #: The newest ones that somebody has logged in with.
        self._proven: Generation | None = None
        self._refused = False
        self._trouble: CredentialsError | None = None
        self._rotated_at: float | None = None
        self._overstay_told = True
        self._generations: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._thread: threading.Thread | None = None
        self.overstays = 0
        self.errors = 0
        self.retries = 0

    def start(self) -> None:
        """Begins to look; it keeps no process alive."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="leasehold-credentials", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    @property
    def generation(self) -> int:
        """The how manieth credentials are in use; 0 before the first ones."""
        current = self._current
        return 0 if current is None else current.number

    def _run(self) -> None:
        while True:
            try:
                if self._may_differ():
                    self.look()
                self._look_for_overstays()
                # One that was being opened while the user changed needs a successor as well.
                if self.old() > 0:
                    self._rotate()
            except Exception:
                # Without the thread nobody would see the next user.
                logger.exception("the credentials file could not be looked at")
            if self._stopped.wait(INTERVAL):
                return

    def _may_differ(self) -> bool:
        """Whether the file may be another one than the thread has read before."""
        before, now = self._stamp, time.monotonic()
        self._stamp = stamp_of(self._contract.credentials_file)
        if self._stamp is not None and self._stamp == before and now - self._read_at < READ_INTERVAL:
            return False
        self._read_at = now
        return True

    def look(self) -> None:
        """Reads the file now."""
        try:
            changed = self._take_up()
        except CredentialsError as error:
            self._report(error)
            return
        if changed:
            logger.info("new credentials are in use", extra=self._fields(generation=self.generation))
            self._safely("rotation", lambda _: self._rotate(), None)
            self._safely("on_rotation", self._hooks.on_rotation, Rotation(self.generation))

    def _take_up(self) -> bool:
        """Whether the user has changed. One thread at a time: a slow one must not put back what it read before."""
        contract = self._contract
        with self._reading:
            read = read_credentials(contract.credentials_file, contract.format, self._parse)
            with self._lock:
                self._trouble = None
                before = self._current
                if before is not None and read == before.credentials:
                    return False
                self._current = Generation(self.generation + 1, read)
                self._refused = False
                if before is None:
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
        # Nothing of the file's content is in it.
        logger.warning("%s", error, extra=self._fields(reason=error.reason))
        self._safely("on_credentials_error", self._hooks.on_credentials_error, error)

    @staticmethod
    def _safely(name: str, hook: Callable[[T], object] | None, told: T) -> None:
        """What the application gave must not get in the way."""
        if hook is None:
            return
        try:
            hook(told)
        except Exception:
            logger.exception("%s failed, and the pool goes on without it", name)

    def first(self, timeout: float) -> Generation:
        """The newest credentials; waits for the first ones.

        :raises CredentialsError: what is wrong with the file when the time is over
        """
        end = time.monotonic() + timeout
        while True:
            self.look()
            with self._lock:
                current, trouble = self._current, self._trouble
            if current is not None:
                return current
            if time.monotonic() > end or self._stopped.wait(0.05):
                raise trouble or CredentialsError(self._contract.credentials_file, "missing", "nobody wrote it")

    def after(self, refused: Sequence[Generation], newest_only: bool) -> Generation | None:
        """What to log in with after these were refused: newer ones, else those that were last accepted."""
        with self._lock:
            following = self._current
            if following is None or following in refused:
                following = None if newest_only or self._proven in refused else self._proven
            if following is not None:
                self.retries += 1
            return following

    def comes(self, since: float, timeout: float) -> bool:
        """Whether a replica that has refused a user may have it soon. Where a user before has come, that one serves on."""
        with self._lock:
            awaited = self._contract.awaits_first_user and self._proven is None and not self._stopped.is_set()
            comes = awaited and time.monotonic() - since < timeout
            self.retries += 1 if comes else 0
            return comes

    def newest_of(self, refused: Sequence[Generation]) -> Generation | None:
        """The newest credentials, where they are among these."""
        with self._lock:
            return self._current if self._current in refused else None

    def opened(self, connection: object, generation: Generation, refused: Sequence[Generation]) -> None:
        """Somebody has logged in with these, after others were refused."""
        with self._lock:
            self._generations[connection] = generation.number
            if self._proven is None or generation.number >= self._proven.number:
                self._proven = generation
            if generation == self._current:
                self._refused = False
            elif self._current in refused:
                self._refused = True

    def is_old(self, connection: object) -> bool:
        with self._lock:
            current = self.generation
            return self._generations.get(connection, current) < current

    def knows(self, connection: object) -> bool:
        with self._lock:
            return connection in self._generations

    @property
    def refused(self) -> bool:
        """Whether PostgreSQL refuses the newest user, as far as is known."""
        return self._refused

    def old(self) -> int:
        """How many connections of older users are open."""
        with self._lock:
            return self._old()

    def hurries(self) -> bool:
        """Whether a connection of a user before the last one is open: whose overlap is over first."""
        with self._lock:
            return any(each < self.generation - 1 for each in self._open())

    def _old(self) -> int:
        return sum(1 for each in self._open() if each < self.generation)

    def _open(self) -> list[int]:
        return [each for connection, each in list(self._generations.items()) if not self._is_closed(connection)]

    def _look_for_overstays(self) -> None:
        with self._lock:
            overlap = self._contract.overlap
            if self._overstay_told or self._rotated_at is None:
                return
            if time.monotonic() - self._rotated_at < overlap * OVERSTAY_SHARE:
                return
            self._overstay_told = True
            old = self._old()
            self.overstays += old
        if old:
            logger.warning(
                "connections of a user that will soon be dropped are still in use", extra=self._fields(connections=old)
            )
            self._safely("on_overstay", self._hooks.on_overstay, Overstay(old, overlap * (1 - OVERSTAY_SHARE)))

    def _fields(self, **more: object) -> dict[str, object]:
        """What a log line has beside its words."""
        return {"leasehold_database": self._contract.name, **{f"leasehold_{key}": value for key, value in more.items()}}

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
                retries=self.retries,
                newest_refused=self._refused,
            )
