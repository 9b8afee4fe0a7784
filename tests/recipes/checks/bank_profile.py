"""The sample of the recipe becomes payments by its map."""

from pathlib import Path

from producers.csv_import.column_map import read_map
from tests.producers.importing import imported

found = imported(Path("examples/mau_bank.csv"), read_map(Path("examples/mau_bank.toml")))
assert found.amounts == [45_000, 1_234_567], found.report.lines()
assert found.days == ["2026-11-01", "2026-11-02"]
assert found.payments[0].source == "/statement/mau-bank"
assert found.payments[0].data.balance_after_vnd == 1_045_000
