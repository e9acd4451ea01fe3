"""What an application may want to log or count; nothing of it is secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .credentials import CredentialsError


@dataclass(frozen=True)
class Rotation:
    """A new user has come into use."""

    #: The how manieth credentials these are.
    generation: int


@dataclass(frozen=True)
class Overstay:
    """Connections of an old user are still in use though it will soon be dropped."""

    connections: int
    #: Until the old user may be dropped.
    seconds_left: float


@dataclass(frozen=True)
class Health:
    """Whether something is well, and if not, what is wrong."""

    ok: bool
    reason: str = ""


@dataclass(frozen=True)
class RotationStatus:
    """How it stands with the credentials of a pool."""

    #: The how manieth credentials are in use; 0 before the first ones.
    generation: int
    rotations: int
    #: None before the first change.
    seconds_since_rotation: float | None
    #: Until the old user may be dropped; 0 where there is no old user.
    overlap_seconds_left: float
    #: Open connections by the how manieth credentials they were opened with.
    connections: dict[int, int]
    overstays: int
    credentials_errors: int
    #: Logins that were tried again, with newer credentials or with those that were last accepted.
    retries: int
    #: Whether PostgreSQL refuses the newest user; the one before stays in use as long as it is accepted.
    newest_refused: bool


@dataclass(frozen=True)
class Hooks:
    """Called from a thread of the pool; they must not block. What they raise is logged, and changes nothing else."""

    on_rotation: Callable[[Rotation], object] | None = None
    on_overstay: Callable[[Overstay], object] | None = None
    on_credentials_error: Callable[[CredentialsError], object] | None = None
