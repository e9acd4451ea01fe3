"""The file that the Vault agent writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

Reason = Literal["missing", "unreadable", "malformed"]


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
        credentials = parse(text) if format == "custom" and parse else _PARSERS[format](text)
    except Exception:
        # Whatever the parser says may quote the content.
        raise CredentialsError(file, "malformed", f"it is not of the format {format}") from None
    if not credentials.user or not credentials.password:
        raise CredentialsError(file, "malformed", f"it has no user or no password in the format {format}")
    return credentials


def _read(file: str) -> str:
    try:
        return Path(file).read_text()
    except (FileNotFoundError, NotADirectoryError):
        detail = "the Vault agent writes it before the application starts"
        raise CredentialsError(file, "missing", detail) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        detail = f"{reason}; it belongs to the user that the agent runs as, and the application has to run as the same"
        raise CredentialsError(file, "unreadable", detail) from None


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
    return Credentials(unquote(parts.username or ""), unquote(parts.password or ""))


_PARSERS: dict[str, Parser] = {
    "json": _json,
    "env": _lines(r"^PGUSER='(.*)'$", r"^PGPASSWORD='(.*)'$"),
    "properties": _lines(r"^username=(.*)$", r"^password=(.*)$"),
    "url": _url,
}
