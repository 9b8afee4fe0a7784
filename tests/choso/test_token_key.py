"""The key of tokens: lost or exchanged, nothing is imported, and no new one is made."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.choso.conftest import Running
from tests.choso.test_command import EXAMPLES

pytestmark = pytest.mark.real
REFUSED = 4  # of an import
IMPORT = ("import", str(EXAMPLES / "vietcombank.csv"), "--map", str(EXAMPLES / "vietcombank.toml"))


@pytest.fixture
def key_file(running: Running) -> Iterator[Path]:
    """The key's file, as it was again afterwards."""
    running.choso(*IMPORT)
    path = running.data_dir / "secrets" / "token_key"
    key = path.read_bytes()
    yield path
    path.write_bytes(key)
    path.chmod(0o600)
    running.choso(*IMPORT)


def test_a_key_that_is_gone_is_not_made_anew(running: Running, key_file: Path) -> None:
    key_file.unlink()
    said = running.choso(*IMPORT, code=REFUSED)
    assert f"token key {key_file}: is gone, and the store has tokens" in said
    assert "put it back from your backup" in said
    assert "Traceback" not in said
    assert not key_file.exists()
    running.choso("registry", "import", str(facts(running)), code=REFUSED)
    assert not key_file.exists()


def test_another_key_is_refused(running: Running, key_file: Path) -> None:
    key_file.write_text("ab" * 32)
    said = running.choso(*IMPORT, code=REFUSED)
    assert f"token key {key_file}: is not the one that the store's tokens were made with" in said


def facts(running: Running) -> Path:
    path = running.data_dir.parent / "facts.jsonl"
    path.write_text(
        '{"kind": "market", "market": "X1", "name": "Chợ Thử", "market_kind":'
        ' "traditional_market", "effective_from": "2026-01-01"}\n'
    )
    return path
