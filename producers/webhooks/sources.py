"""Sources that an operator has agreed with providers: names, secrets, the bank of their accounts.

A JSON file each in the data directory's secrets, read again when the folder changes: a source is
added while the gateway runs. Accounts are not kept: a message says its own.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.embedded.files import write_whole
from infra.errors import Refused
from producers.providers import PROVIDERS
from producers.webhooks.evidence import Source
from producers.webhooks.provider import Provider, Secret

FOLDER = Path("secrets") / "sources"
KEY_CHARS_MIN = 8
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class AgreedSource:
    """A source. `secrets`: all are taken, the newest is last."""

    name: str
    provider: Provider
    bank_bin: str | None
    secrets: tuple[Secret, ...]

    @property
    def evidence(self) -> Source:
        """What its evidence says of where it comes from."""
        return Source(f"/{self.name}", self.bank_bin)


class AgreedSources(Mapping[str, AgreedSource]):
    """The sources in a folder by their names, as they are at each look."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: int | None = None
        self._sources: dict[str, AgreedSource | Refused] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> AgreedSource:
        found = self._now()[name]
        if isinstance(found, Refused):
            raise found  # this source alone: the others go on
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def put(self, source: AgreedSource) -> None:
        """Add a source, or put another in its place. Refused where its name is no name."""
        if not _NAME.fullmatch(source.name):
            raise Refused(
                f"source {source.name[:40]!r}: a name has small letters, digits and hyphens, at"
                " most 32: choose another with --name"
            )
        said = {
            "provider": source.provider.name,
            "bank_bin": source.bank_bin,
            "secrets": [
                {"key": each.key.decode(), "access": each.access} for each in source.secrets
            ],
        }
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(self._path(source.name), json.dumps(said))

    def remove(self, name: str) -> None:
        """Take its messages no longer. What it told stays. Refused: there is none."""
        if name not in self:
            raise Refused(f"source {name}: there is none of this name: see `choso provider list`")
        self._path(name).unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"

    def _now(self) -> dict[str, AgreedSource | Refused]:
        try:
            seen: int | None = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            seen = None
        with self._lock:
            if seen != self._seen:
                paths = sorted(self._folder.glob("*.json")) if seen is not None else []
                self._sources = {path.stem: _source(path) for path in paths}
                self._seen = seen
            return self._sources


def _source(path: Path) -> AgreedSource | Refused:
    try:
        said: dict[str, Any] = json.loads(path.read_text())
        return AgreedSource(
            path.stem,
            PROVIDERS[said["provider"]],
            said["bank_bin"],
            tuple(Secret(each["key"].encode(), each["access"]) for each in said["secrets"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refused(
            f"source {path}: the file cannot be read: put it back from"
            " your backup, or take it away and add the source again with `choso provider add`"
        )
