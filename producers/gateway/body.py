"""A request's body, within its limit."""

from fastapi import HTTPException, Request


async def read_body(request: Request, *, bytes_max: int) -> bytes:
    """The body, or 413 as soon as it is known to be too large; the rest is not read."""
    too_large = HTTPException(413, f"body: more than {bytes_max} bytes")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > bytes_max:
        raise too_large
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > bytes_max:
            raise too_large
    return bytes(body)
