"""The body of one request to the store's door: by length or in chunks, plain or compressed."""

import contextlib
import re
import zlib
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from io import BufferedIOBase
from typing import Protocol

import lz4.frame  # type: ignore[import-untyped]

CHUNK_BYTES = 1 << 20
BODY_BYTES_MAX = 512 << 20
LINE_BYTES_MAX = 1024
TRAILERS_MAX = 100
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}[ \t]*")


class BrokenBodyError(ConnectionError):
    """The client went away in the middle of a body: its insert must not be finished."""


class BodyRefusedError(ValueError):
    """The body is too large or in a form that is not understood."""


class _Decoder(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


class Body:
    """Decompressed bytes of a body in order. Whatever is not read must be drained."""

    def __init__(self, source: BufferedIOBase, headers: Message) -> None:
        self._source = source
        self._in_chunks, self._left = _framing(headers)
        self._decoder = _decoder(headers.get("Content-Encoding", ""))
        self._taken = 0
        self._ahead = b""
        self._ended = False
        if self._left > BODY_BYTES_MAX:
            raise BodyRefusedError(f"a body of {self._left} bytes: the limit is {BODY_BYTES_MAX}")

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end; they stay to be read."""
        while len(self._ahead) < size:
            piece = self._piece()
            if not piece:
                break
            self._ahead += piece
        return self._ahead[:size]

    def skip(self, size: int) -> None:
        """Forget bytes that were peeked at."""
        assert size <= len(self._ahead)
        self._ahead = self._ahead[size:]

    def read(self, size_max: int) -> bytes:
        """All of the rest, refused where it is larger."""
        whole = self.peek(size_max + 1)
        if len(whole) > size_max:
            raise BodyRefusedError(f"a statement of more than {size_max} bytes")
        self._ahead = b""
        return whole

    def chunks(self) -> Iterator[bytes]:
        """The rest, piece by piece."""
        if self._ahead:
            yield self._ahead
            self._ahead = b""
        while piece := self._piece():
            yield piece

    def drain(self) -> bool:
        """Read and drop the rest, so that the next request starts right. False: broken."""
        self._ahead = b""
        with contextlib.suppress(OSError, ValueError):
            while self._raw():
                pass
            return True
        return False

    def _piece(self) -> bytes:
        while raw := self._raw():
            try:
                piece = self._decoder.decompress(raw) if self._decoder else raw
            except (RuntimeError, zlib.error) as error:
                raise BodyRefusedError(f"the compressed body is damaged: {error}") from error
            if piece:
                return piece
        return b""

    def _skip_trailers(self) -> None:
        for _ in range(TRAILERS_MAX):
            if not self._source.readline(LINE_BYTES_MAX).strip():
                return
        raise BrokenBodyError(f"more than {TRAILERS_MAX} trailers")

    def _raw(self) -> bytes:
        """The next bytes from the wire; empty at the end of the body."""
        if self._ended:
            return b""
        if self._in_chunks and not self._left:
            line = self._source.readline(LINE_BYTES_MAX)
            if not line.endswith(b"\n"):
                raise BrokenBodyError("the body ended within a chunk's head")
            size = line.rstrip(b"\r\n").partition(b";")[0]
            if not _CHUNK_SIZE.fullmatch(size):  # int() would take "-1", and read without end
                raise BrokenBodyError(f"not the size of a chunk: {size[:20]!r}")
            self._left = int(size, 16)
            if not self._left:
                self._skip_trailers()
        if not self._left:
            self._ended = True
            return b""
        piece = self._source.read(min(self._left, CHUNK_BYTES))
        if not piece:
            raise BrokenBodyError("the client went away within the body")
        self._left -= len(piece)
        self._taken += len(piece)
        if self._taken > BODY_BYTES_MAX:
            raise BodyRefusedError(f"a body of more than {BODY_BYTES_MAX} bytes")
        if self._in_chunks and not self._left:
            self._source.readline(LINE_BYTES_MAX)
        return piece


def _framing(headers: Message) -> tuple[bool, int]:
    """Whether the body comes in chunks, and its length where it does not."""
    lengths, forms = headers.get_all("Content-Length", []), headers.get_all("Transfer-Encoding", [])
    if lengths and forms:
        raise BodyRefusedError("both Content-Length and Transfer-Encoding: send one of them")
    if forms and [form.lower() for form in forms] != ["chunked"]:
        raise BodyRefusedError(f"Transfer-Encoding {', '.join(forms)}: send chunked")
    if lengths and (len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0])):
        raise BodyRefusedError(f"Content-Length {', '.join(lengths)[:50]}: send one number")
    return bool(forms), int(lengths[0]) if lengths else 0


def form_of(content_type: str, body: bytes) -> dict[str, str]:
    """Fields of a multipart form: clients send large parameters this way."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    fields = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        fields[str(name)] = bytes(part.get_payload(decode=True)).decode()
    return fields


def _decoder(encoding: str) -> _Decoder | None:
    match encoding.lower():
        case "" | "identity":
            return None
        case "gzip" | "deflate":
            return zlib.decompressobj(zlib.MAX_WBITS | 32)
        case "lz4":
            lz4_decoder: _Decoder = lz4.frame.LZ4FrameDecompressor()
            return lz4_decoder
        case other:
            raise BodyRefusedError(f"Content-Encoding {other}: send lz4, gzip or plain bytes")
