"""Help is quick: it loads no client, no arrays, and nothing that computes."""

import sys

from tests.processes import run

HEAVY = ("clickhouse_connect", "fastapi", "kafka", "numpy", "pyarrow", "pydantic", "scipy")
PROGRAM = """
import sys
sys.argv = ["choso", "--help"]
from choso.main import main
try:
    main()
finally:
    sys.stderr.write(" ".join(sys.modules))
"""


def test_help_loads_nothing_that_takes_long() -> None:
    done = run([sys.executable, "-c", PROGRAM], check=True)
    assert "rollout" in done.stdout
    assert not set(HEAVY) & set(done.stderr.split())
