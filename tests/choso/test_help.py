"""Help is quick: it loads no client, no arrays, and nothing that computes."""

import subprocess
import sys

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
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert "rollout" in done.stdout
    assert not set(HEAVY) & set(done.stderr.split())
