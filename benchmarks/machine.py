"""On what was measured."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("chdb", "clickhouse-connect", "faststream", "aiokafka", "kafka-python", "pyarrow")


def machine() -> dict[str, Any]:
    """Cores, memory, versions, and how busy the machine is with other work now."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    total_kib = next(int(line.split()[1]) for line in lines if line.startswith("MemTotal"))
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(total_kib / (1 << 20), 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
        "load_before": os.getloadavg(),
    }
