"""Writes VietQR payloads, for tests that read them."""

from schemas.vietqr import GUID, VietQrError, checksum


def write_vietqr(
    *,
    bank_bin: str,
    account: str,
    service: str = "QRIBFTTA",
    amount_vnd: int | None = None,
    merchant_name: str | None = None,
    purpose: str | None = None,
) -> str:
    """A payload with its checksum; dynamic where it has an amount."""
    beneficiary = _template("00", bank_bin) + _template("01", account)
    fields = [
        _template("00", "01"),
        _template("01", "11" if amount_vnd is None else "12"),
        _template(
            "38", _template("00", GUID) + _template("01", beneficiary) + _template("02", service)
        ),
        _template("53", "704"),
        _template("54", str(amount_vnd)) if amount_vnd is not None else "",
        _template("58", "VN"),
        _template("59", merchant_name) if merchant_name else "",
        _template("62", _template("08", purpose)) if purpose else "",
        "6304",
    ]
    text = "".join(fields)
    return text + checksum(text)


def _template(name: str, value: str) -> str:
    if not 1 <= len(value) <= 99:
        raise VietQrError(f"{name}: must have 1 to 99 characters, not {len(value)}")
    return f"{name}{len(value):02d}{value}"
