"""One run of the real sink: the process of `choso sink`, from its assignment to the last record."""

import time
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from benchmarks.process import cpu_s, memory
from benchmarks.rig import POLL_S, Rig, running_role, wait_inserted
from choso.compose import Choso
from choso.status import read_status

LAND_S_MAX = 900.0
_groups = count(1)


@dataclass(frozen=True, slots=True)
class Landing:
    """What a run took. Rate in records/s; CPU in seconds; memory in MB."""

    records: int
    batches: int
    seconds: float
    sink_cpu_s: float
    store_cpu_s: float
    broker_cpu_s: float
    sink_first_mb: float  # resident when a tenth of the records had been landed …
    sink_last_mb: float  # … and at the end
    sink_peak_mb: float

    @property
    def rate(self) -> float:
        return self.records / self.seconds


def land(rig: Rig, choso: Choso, records: int) -> Landing:
    """Run a sink until it has landed so many records, which are in the log already."""
    with running_role(choso, "sink", CHOSO_SINK__GROUP_ID=new_group()) as process:
        began = _assigned(choso)
        before = [cpu_s(pid) for pid in (process.pid, rig.store_pid, rig.broker_pid)]
        wait_inserted(choso, process, records // 10, s_max=LAND_S_MAX)
        first = memory(process.pid)
        wait_inserted(choso, process, records, s_max=LAND_S_MAX)
        after = [cpu_s(pid) for pid in (process.pid, rig.store_pid, rig.broker_pid)]
        last = memory(process.pid)
        said = read_status(choso.status_file("sink"))
    used = [b - a for a, b in zip(before, after, strict=True)]
    return Landing(
        records=records,
        batches=said["batches_total"],
        seconds=(_moment(said) - began).total_seconds(),
        sink_cpu_s=used[0],
        store_cpu_s=used[1],
        broker_cpu_s=used[2],
        sink_first_mb=first.now_mb,
        sink_last_mb=last.now_mb,
        sink_peak_mb=last.peak_mb,
    )


def new_group() -> str:
    """The name of a consumer group that nobody had."""
    return f"bench-{time.time_ns()}-{next(_groups)}"


def _assigned(choso: Choso) -> datetime:
    """When the sink was told its partitions; nothing was read before."""
    while True:
        said = read_status(choso.status_file("sink"))
        if "partitions" in said:
            assert said.get("inserted_total", 0) == 0, "too late to see the beginning"
            return _moment(said)
        time.sleep(POLL_S)


def _moment(said: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(said["updated_at"])
