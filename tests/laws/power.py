"""A power cut for a directory that a process writes to: what of it has reached the disk?

The kernel says which pages of a file it has not written yet (`cachestat`, Linux 6.5). A copy
without those is what the next start would find, or less: of a file everything is lost from its
first such page on.
"""

import ctypes
import os
import platform
import re
import shutil
from pathlib import Path

import pytest

from infra.errors import Unavailable
from tests.parts import missing

CACHESTAT = 451  # the call's number, on every architecture
KERNEL_MIN = (6, 5)
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_libc = ctypes.CDLL(None, use_errno=True)


class _Range(ctypes.Structure):
    _fields_ = (("offset", ctypes.c_uint64), ("length", ctypes.c_uint64))


class _Counts(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint64) for name in ("cached", "dirty", "writing", "evicted", "recent")
    )


def unwritten_pages(handle: int, byte_count: int) -> int:
    """How many pages of the file's first bytes are on no disk yet. OSError where nobody knows."""
    asked, found = _Range(0, byte_count), _Counts()
    if byte_count and _libc.syscall(CACHESTAT, handle, ctypes.byref(asked), ctypes.byref(found), 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(found.dirty + found.writing)


def written_bytes(path: Path) -> int:
    """How far the file is on the disk without a gap."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if not unwritten_pages(file.fileno(), size):
            return size
        low, high = 0, -(-size // PAGE_BYTES)  # the first `low` pages are written, `high` are not
        while low + 1 < high:
            middle = (low + high) // 2
            is_written = not unwritten_pages(file.fileno(), middle * PAGE_BYTES)
            low, high = (middle, high) if is_written else (low, middle)
        return low * PAGE_BYTES


def copy_written(source: Path, target: Path) -> None:
    """What a power cut would leave of `source`, as `target`.

    Whoever writes to it must be stopped (SIGSTOP) meanwhile.
    """
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
        with place.open("r+b") as copy:
            copy.truncate(written_bytes(path))
            os.fsync(copy.fileno())  # what is found after the cut lies on the disk


def obtain_cachestat(directory: Path) -> None:
    """Skip where neither the kernel nor this file system tells what is unwritten."""
    found = tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2])
    if platform.system() != "Linux" or found < KERNEL_MIN:
        pytest.skip(f"a power cut is seen by cachestat, from Linux 6.5 on: {platform.release()}")
    probe = directory / "unwritten"
    probe.write_bytes(b"x" * PAGE_BYTES)
    try:
        with probe.open("rb") as file:
            is_told = unwritten_pages(file.fileno(), PAGE_BYTES) == 1
    except OSError as error:
        missing(Unavailable(f"a power cut is seen by cachestat: {error}"))
    else:
        if not is_told:
            pytest.skip(f"the file system of {directory} does not tell what it has not written")
    finally:
        probe.unlink()
