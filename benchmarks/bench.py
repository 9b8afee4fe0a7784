"""What every measure is given: the rig, the sizes, and what is made once for all of them."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path

from benchmarks.bodies import Pair, publish, simulated
from benchmarks.large import fill
from benchmarks.rig import Rig
from benchmarks.sizes import Sizes
from choso.compose import Choso
from schemas.calendar import LOCAL

SEED = 7


@dataclass
class Bench:
    """Shared by the measures of one run."""

    root: Path
    rig: Rig
    sizes: Sizes
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """Progress, on standard error: the table alone goes to standard output."""
        sys.stderr.write(f"[{time.monotonic() - self.began:6.1f} s] {text}\n")
        sys.stderr.flush()

    @cached_property
    def bodies_file(self) -> Path:
        """The simulator's records, one to a line: key, tab, body. No body has a line feed."""
        path = self.root / f"simulated-{self.sizes.records}.tsv"
        if not path.exists():
            self.say(f"simulating {self.sizes.records:,} records")
            yesterday = datetime.now(LOCAL).date() - timedelta(days=1)
            pairs = simulated(self.sizes.records, seed=SEED, last_day=yesterday)
            draft = path.with_suffix(".part")
            with draft.open("wb") as file:
                file.writelines(key + b"\t" + body + b"\n" for key, body in pairs)
            draft.replace(path)
        return path

    def pairs(self, count: int) -> Iterator[Pair]:
        """The first `count` of the simulator's records."""
        with self.bodies_file.open("rb") as lines:
            for line in islice(lines, count):
                key, _, body = line.removesuffix(b"\n").partition(b"\t")
                yield key, body

    @cached_property
    def city(self) -> Choso:
        """All of the simulator's records on a topic; each use makes the database `city` anew."""
        choso = self.rig.place("city", "city")
        self.rig.topics(choso)
        self.say(f"publishing {self.sizes.records:,} records")
        assert publish(choso, self.pairs(self.sizes.records)) == self.sizes.records
        return choso

    @cached_property
    def large(self) -> Choso:
        """The large store."""
        self.say("filling the large store")
        choso, seconds = fill(self.rig, self.sizes)
        self.say(f"the large store is there after {seconds:.0f} s")
        return choso
