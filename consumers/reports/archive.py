"""Office files are zip archives: the same content shall be the same bytes. Pure."""

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)


def settled(data: bytes) -> bytes:
    """The archive again with its parts in order and without the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        # Readers expect the list of content types first.
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            part = zipfile.ZipInfo(name, EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            target.writestr(part, source.read(name))
    return out.getvalue()
