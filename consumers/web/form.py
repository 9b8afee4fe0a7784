"""A form that a page of ours sends."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

from schemas.message import mark as _

FORM_BYTES_MAX = 16_384
FORM_FIELDS_MAX = 100
FORM = "application/x-www-form-urlencoded"


async def form_of(request: Request) -> Mapping[str, str]:
    """Its fields; of one that stands there twice the last. 413, 415, 422: it is no form of ours."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip()
    if kind != FORM:
        raise HTTPException(415, _("a form is sent as application/x-www-form-urlencoded"))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > FORM_BYTES_MAX:
            raise HTTPException(413, _("the form is too long"))
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX)
        )
    except ValueError:
        raise HTTPException(422, _("the form cannot be read")) from None
