"""A request's body, within its limits of size and time."""

import asyncio

from fastapi import HTTPException, Request


async def read_body(request: Request, *, bytes_max: int, s_max: float) -> bytes:
    """The body; 413 as soon as it is known to be too large, 408 where it is not whole in time."""
    try:
        async with asyncio.timeout(s_max):
            return await _read(request, bytes_max)
    except TimeoutError:
        said = f"body: not whole after {s_max:g} s"
        raise HTTPException(408, said, headers={"Connection": "close"}) from None


async def _read(request: Request, bytes_max: int) -> bytes:
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
