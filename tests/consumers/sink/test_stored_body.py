"""The sink recognises its log by the bytes of the last record that the store holds."""

import pytest

from consumers.sink.coverage import stored_body
from infra.clickhouse import Store
from tests.engine import TOPIC_ID, land, records

BODIES = [
    b"{not json",
    b"",
    b"a\x00b",
    b"x\r\ny",
    "một".encode(),
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{",  # what is not UTF-8 is a record too
    b'{"a":"\xc3"}',
    b"\xed\xa0\x80",
]


@pytest.mark.real
def test_the_stored_bytes_of_a_record_are_those_of_the_log(store: Store) -> None:
    land(store, records(BODIES))
    assert [stored_body(store, TOPIC_ID, 0, n) for n in range(len(BODIES))] == BODIES
    assert stored_body(store, TOPIC_ID, 0, len(BODIES)) is None
