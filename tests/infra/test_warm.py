"""A broker that starts from what an earlier start loaded, and one that cannot."""

import sys
from pathlib import Path

import pytest

from infra.embedded.artifacts import start_cache
from infra.embedded.broker import Broker, from_kept_start
from infra.embedded.warm import keep_start
from tests.parts import obtain_kafka

pytestmark = pytest.mark.real
MUST = "-XX:AOTMode=on"  # Java ends where the cache does not fit


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    obtain_kafka()
    cache = tmp_path_factory.mktemp("kept") / "share" / "start.aot"
    keep_start(cache)
    assert list(cache.parent.iterdir()) == [cache]
    return cache


def _start_and_stop(path: Path, *options: str) -> None:
    broker = Broker(path / "node", heap_mb=256, java_options=options)
    try:
        broker.start()
    finally:
        broker.stop()


def test_what_was_kept_is_used(kept: Path, tmp_path: Path) -> None:
    _start_and_stop(tmp_path, MUST, f"-XX:AOTCache={kept}")


def test_without_it_a_broker_starts_too(tmp_path: Path) -> None:
    obtain_kafka()
    _start_and_stop(tmp_path)


def test_one_that_is_broken_is_left_alone(kept: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.aot"
    broken.write_bytes(kept.read_bytes()[: 1 << 20])
    _start_and_stop(tmp_path, f"-XX:AOTCache={broken}")


def test_it_is_looked_for_beside_this_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert from_kept_start() == []
    start_cache().parent.mkdir(parents=True)
    start_cache().touch()
    assert from_kept_start() == [f"-XX:AOTCache={start_cache()}"]
    assert start_cache().is_relative_to(tmp_path)
