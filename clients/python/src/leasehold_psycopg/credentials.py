"""The file that the Vault agent writes."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

Reason = Literal["missing", "unreadable", "malformed"]

#: More than any file of credentials has; a mistaken path must cost neither memory nor time.
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Credentials:
    """User and password of one read of the file."""

    user: str
    password: str = field(repr=False)


Parser = Callable[[str], Credentials]


class CredentialsError(Exception):
    """The file cannot be used as it is; its content is never part of the message."""

    def __init__(self, file: str, reason: Reason, detail: str) -> None:
        super().__init__(f"the credentials file {file} is {reason}: {detail}")
        self.file = file
        self.reason = reason


def read_credentials(file: str, format: str, parse: Parser | None = None) -> Credentials:
    """Reads the file once.

    :raises CredentialsError: where it is missing, unreadable or malformed
    """
    text = _read(file)
    try:
        # What a parser of the application gives may be anything.
        credentials: Any = parse(text) if format == "custom" and parse else _PARSERS[format](text)
    except Exception:
        # Whatever the parser says may quote the content.
        raise CredentialsError(file, "malformed", f"it is not of the format {format}") from None
    if not isinstance(credentials, Credentials) or not _is_text(credentials.user) or not _is_text(credentials.password):
        raise CredentialsError(file, "malformed", f"it has no user or no password in the format {format}")
    return credentials


#: Device, inode, size, and when content and inode were changed.
Stamp = tuple[int, int, int, int, int]


def stamp_of(file: str) -> Stamp | None:
    """Which file there is, without reading it; nothing where that cannot be told."""
    try:
        status = os.stat(file)
    except OSError:
        return None
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _read(file: str) -> str:
    try:
        return _read_regular(file)
    except (FileNotFoundError, NotADirectoryError):
        detail = "the Vault agent writes it before the application starts"
        raise CredentialsError(file, "missing", detail) from None
    except UnicodeDecodeError:
        raise CredentialsError(file, "malformed", "it is no UTF-8") from None
    except OSError as error:
        detail = f"{error.strerror}; it belongs to the user that the agent runs as, and the application has to run as the same"
        raise CredentialsError(file, "unreadable", detail) from None


def _read_regular(file: str) -> str:
    # Without O_NONBLOCK the opening of a pipe waits for somebody who writes into it.
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            detail = "it is a directory, a pipe, a socket or a device, and no regular file"
            raise CredentialsError(file, "unreadable", detail)
        if status.st_size > MOST_BYTES:
            detail = f"it has {status.st_size} bytes, more than the {MOST_BYTES} that are read"
            raise CredentialsError(file, "malformed", detail)
        return opened.read(MOST_BYTES).decode()


def _json(text: str) -> Credentials:
    document = json.loads(text)
    return Credentials(document["username"], document["password"])


def _lines(user: str, password: str) -> Parser:
    def parse(text: str) -> Credentials:
        found = [re.search(pattern, text, re.MULTILINE) for pattern in (user, password)]
        return Credentials(*(match[1] if match else "" for match in found))

    return parse


def _url(text: str) -> Credentials:
    parts = urlsplit(text.strip())
    return Credentials(_decoded(parts.username or ""), _decoded(parts.password or ""))


def _decoded(part: str) -> str:
    """:raises ValueError: where a percent sign begins no byte, or bytes are no UTF-8"""
    if re.search("%(?![0-9A-Fa-f]{2})", part):
        raise ValueError
    return unquote(part, errors="strict")


_PARSERS: dict[str, Parser] = {
    "json": _json,
    "env": _lines(r"^PGUSER='(.*)'\r?$", r"^PGPASSWORD='(.*)'\r?$"),
    "properties": _lines(r"^username=(.*?)\r?$", r"^password=(.*?)\r?$"),
    "url": _url,
}
