"""Where the published data sets lie: beside the repository, never in it."""

from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "published"


def published(name: str) -> pd.DataFrame:
    """A published data set, or the test is skipped with the reason."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name} is not in ../shared/data/published")
    return pd.read_csv(path)
