"""What a process costs: CPU time and memory, from /proc."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outcome import Aim

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
KIB_IN_MB = 1024 / 1_000_000
STORE_MEMORY = Aim("<=", 1_200)  # MB


def cpu_s(pid: int) -> float:
    """User and system time of the process so far, in seconds."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS_PER_S


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MB (10^6 bytes): now, and at its highest since `forget_peak`."""

    now_mb: float
    peak_mb: float


def memory(pid: int) -> Memory:
    """The memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {line.partition(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return Memory(int(found["VmRSS"]) * KIB_IN_MB, int(found["VmHWM"]) * KIB_IN_MB)


def forget_peak(pid: int) -> None:
    """From now on the peak counts anew, where the kernel allows it."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")
