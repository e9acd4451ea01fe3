"""What both pools do; the credentials are watched by a thread in either."""

from __future__ import annotations

from collections.abc import Mapping

from .contract import DatabaseContract
from .hooks import Health, RotationStatus
from .metrics import Metric, metrics_of
from .rotation import CredentialsWatch

#: psycopg_pool waits twice as long after each failure, and 45 s after an outage of 70 s.
MOST_RETRY_SECONDS = 2.0
#: While the newest user is refused, the first and the longest time until it is tried again.
PROBE_SECONDS = (0.5, 10.0)
#: Of the overlap, for half of which successors are opened; the rest is for the work that connections were lent for.
SUCCESSION_SHARE = 0.25
#: From one login to the next at most: it takes milliseconds of the processor from the queries, here and in PostgreSQL.
MOST_PACE_SECONDS = 1.0


class Common:
    """Mixed into a pool."""

    _watch: CredentialsWatch
    _contract: DatabaseContract
    _draining: bool = False

    def rotation(self) -> RotationStatus:
        """How it stands with the credentials."""
        return self._watch.status()

    def metrics(self) -> list[Metric]:
        """What there is to watch, by the names that all clients of leasehold have; see :func:`prometheus_text`."""
        return metrics_of(self._contract, self.rotation())

    def refresh(self) -> None:
        """Reads the credentials file now; the pool does so by itself all the time."""
        self._watch.look()

    def live(self) -> Health:
        """For a liveness probe: a restart helps a pool that is closed, and nothing else that can be seen from here."""
        return Health(False, "the pool is closed") if getattr(self, "closed", False) else Health(True)


def sizes(min_size: int | None, max_size: int | None, contract: DatabaseContract) -> tuple[int, int]:
    """Of the pool: what was given, else the contract's, and four connections from the start."""
    most = contract.pool_max if max_size is None else max_size
    return (min(4, most) if min_size is None else min_size, most)


def pace(contract: DatabaseContract, old: int) -> float:
    """How long it is from one successor to the next, in seconds, where so many connections have to have one."""
    return min(MOST_PACE_SECONDS, contract.overlap * SUCCESSION_SHARE / 2 / max(1, old))


def busy(stats: Mapping[str, int]) -> int:
    """Connections in use, and whoever waits for one."""
    return stats.get("pool_size", 0) - stats.get("pool_available", 0) + stats.get("requests_waiting", 0)
