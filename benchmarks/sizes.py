"""How much is measured. The defaults are what the aims speak of; `--quick` is for development."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sizes:
    """Every field is a flag of the same name."""

    repetitions: int = 5  # of everything that is compared pair by pair
    records: int = 1_000_000  # the simulator's, read and landed in one repetition
    plain_records: int = 200_000  # of those, for the plain loop: it is slow
    stored_days: int = 209  # with payments_per_day: 50 million rows of evidence
    payments_per_day: int = 120_000
    accounts: int = 6_000
    folded_days: int = 15  # folded again, one by one, with all others folded
    fresh_windows: int = 3
    fresh_window_s: int = 20
    fresh_events_per_s: int = 500
    flat_records: int = 500_000
    year_vendors: int = 5_000
    year_days: int = 365
    year_queries: int = 100
    memory_records: int = 10_000_000
    demo_starts: int = 3
    adoption_vendors: int = 5_000
    adoption_queries: int = 100


QUICK = Sizes(
    repetitions=2,
    records=200_000,
    plain_records=30_000,
    stored_days=10,
    folded_days=3,
    fresh_windows=2,
    fresh_window_s=5,
    flat_records=100_000,
    year_queries=20,
    memory_records=600_000,
    demo_starts=1,
    adoption_vendors=500,
    adoption_queries=20,
)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The command line."""

    names: tuple[str, ...]  # which measures; none means all
    sizes: Sizes
    out: Path | None
    directory: Path | None  # where data go; None: a directory that is thrown away


def arguments(argv: Sequence[str], names: Sequence[str]) -> Arguments:
    """Parse the command line. Exits with a message where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the numbers of the spine, side by side on this machine.",
        epilog=f"measures: {', '.join(names)}",
    )
    parser.add_argument("name", nargs="*", help="only these measures")
    parser.add_argument("--quick", action="store_true", help="small sizes, for development")
    parser.add_argument("--out", type=Path, help="also write everything as JSON to this file")
    parser.add_argument("--directory", type=Path, help="keep data here: the store is built once")
    for field in fields(Sizes):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=int, default=None)
    given = parser.parse_args(argv)
    if unknown := set(given.name) - set(names):
        parser.error(f"no measure {', '.join(sorted(unknown))}: there are {', '.join(names)}")
    base = QUICK if given.quick else Sizes()
    chosen = {
        field.name: getattr(base, field.name)
        if getattr(given, field.name) is None
        else getattr(given, field.name)
        for field in fields(Sizes)
    }
    return Arguments(tuple(given.name), Sizes(**chosen), given.out, given.directory)
