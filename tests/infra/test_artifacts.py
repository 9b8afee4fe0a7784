"""The jars are the listed ones, or nothing starts."""

from pathlib import Path

import pytest

from infra.embedded.artifacts import LOCK_FILE, Artifact, check, kafka_classpath, read_lock
from infra.errors import Refused
from tests.parts import obtain_kafka

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_committed_list_is_whole_and_names_no_place() -> None:
    listed = read_lock(LOCK_FILE)
    assert len(listed) == len({a.file_name for a in listed}) == 45
    text = LOCK_FILE.read_text()
    assert "://" not in text
    assert "/" not in text


def test_another_jar_is_refused_and_removed(tmp_path: Path) -> None:
    right, wrong = Artifact("g:a:1", EMPTY_SHA256), Artifact("g:b:1", EMPTY_SHA256)
    (tmp_path / "a-1.jar").write_bytes(b"")
    (tmp_path / "b-1.jar").write_bytes(b"changed on the way")
    check([right], tmp_path)
    with pytest.raises(Refused, match=r"g:b:1: SHA-256 is .* the list says"):
        check([right, wrong], tmp_path)
    assert not (tmp_path / "b-1.jar").exists()


def test_an_unreadable_list_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "artifacts.lock"
    broken.write_text("g:a:1 abc\n")
    with pytest.raises(Refused, match="g:a:1 abc"):
        read_lock(broken)


@pytest.mark.real
def test_a_tampered_cache_is_noticed_when_the_list_changes(tmp_path: Path) -> None:
    obtain_kafka()
    cache = tmp_path / "cache"
    first = kafka_classpath(cache_dir=cache)
    [mark] = cache.glob("checked-*")
    mark.unlink()
    jar = sorted(cache.glob("kafka-clients-*.jar"))[0]
    jar.write_bytes(jar.read_bytes() + b"x")
    with pytest.raises(Refused, match="kafka-clients"):
        kafka_classpath(cache_dir=cache)
    assert kafka_classpath(cache_dir=cache) == first
