"""Bodies that lie about their length are refused at once, whoever sends them."""

from email.message import Message
from io import BytesIO

import pytest

from infra.embedded.store_body import TRAILERS_MAX, Body, BodyRefusedError, BrokenBodyError


def body(sent: bytes, **given: str) -> Body:
    headers = Message()
    for name, value in given.items():
        headers[name.replace("_", "-")] = value
    return Body(BytesIO(sent), headers)


@pytest.mark.parametrize("length", ["-1", "+3", "1_0", "x", " ", "3, 3", "٣"])
def test_a_length_is_digits(length: str) -> None:
    with pytest.raises(BodyRefusedError, match="Content-Length"):
        body(b"abc", Content_Length=length)


def test_two_lengths_are_refused() -> None:
    with pytest.raises(BodyRefusedError, match="both"):
        body(b"3\r\nabc\r\n0\r\n\r\n", Content_Length="3", Transfer_Encoding="chunked")
    with pytest.raises(BodyRefusedError, match="Transfer-Encoding"):
        body(b"abc", Transfer_Encoding="gzip, chunked")
    headers = Message()
    headers["Content-Length"], headers["Content-Length"] = "3", "4"
    with pytest.raises(BodyRefusedError, match="Content-Length"):
        Body(BytesIO(b"abcd"), headers)


@pytest.mark.parametrize("size", [b"-1", b"0x3", b"+3", b"1_0", b"", b"z"])
def test_a_chunk_says_its_size_in_hex(size: bytes) -> None:
    found = body(size + b"\r\nabc\r\n0\r\n\r\n", Transfer_Encoding="chunked")
    with pytest.raises(BrokenBodyError):
        found.read(1 << 20)
    assert not body(size + b"\r\nabc", Transfer_Encoding="chunked").drain()


def test_a_whole_body_is_read_in_either_form() -> None:
    assert body(b"abc", Content_Length="3").read(10) == b"abc"
    assert body(b"3;x=1\r\nabc\r\n0\r\nT: 1\r\n\r\n", Transfer_Encoding="chunked").read(9) == b"abc"


def test_trailers_end() -> None:
    endless = b"0\r\n" + b"T: 1\r\n" * (TRAILERS_MAX + 1)
    with pytest.raises(BrokenBodyError):
        body(endless, Transfer_Encoding="chunked").read(9)
