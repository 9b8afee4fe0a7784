"""VietQR: a good checksum is not enough, every template must be consumed to its last character."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.banks import bank_bin, bank_codes, bank_names
from schemas.vietqr import VietQrError, checksum, parse_vietqr, write_vietqr

accounts = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=19)
banks = st.sampled_from(sorted(bank_names()))


def test_the_checksum_is_the_published_one() -> None:
    assert checksum("123456789") == "29B1"


def test_the_table_of_issuers_is_whole() -> None:
    assert len(bank_names()) == 58  # 56 issuers and two wallets
    assert bank_names()["970436"] == "Ngân hàng TMCP Ngoại thương Việt Nam"


def test_a_bank_has_many_names_and_no_name_has_two_banks() -> None:
    for name in ("970436", "VCB", "vietcombank", "Ngân hàng TMCP Ngoại Thương Việt Nam"):
        assert bank_bin(name) == "970436"
    assert bank_bin("MBBank") == bank_bin("MB") == "970422"
    assert all(bank_bin(code) == found for found, code in bank_codes().items())
    assert bank_bin("Nonesuch") is None


@given(banks, accounts, st.none() | st.integers(1, 10**12), st.sampled_from(["Quầy cá", None]))
@example("970436", "A", 10**12, None)  # thirteen digits are the most that field 54 holds
def test_what_is_written_is_read(
    bank: str, account: str, amount: int | None, name: str | None
) -> None:
    payload = write_vietqr(
        bank_bin=bank, account=account, amount_vnd=amount, merchant_name=name, purpose="mua rau"
    )
    code = parse_vietqr(payload)
    assert (code.bank_bin, code.account, code.amount_vnd) == (bank, account, amount)
    assert (code.merchant_name, code.purpose) == (name, "mua rau")
    assert code.is_dynamic is (amount is not None)
    assert parse_vietqr(payload[:-4] + payload[-4:].lower()) == code


@given(banks, accounts, st.data())
def test_no_changed_character_goes_unseen(bank: str, account: str, data: st.DataObject) -> None:
    payload = write_vietqr(bank_bin=bank, account=account)
    position = data.draw(st.integers(0, len(payload) - 1))
    letter = data.draw(st.sampled_from(string.digits + string.ascii_letters))
    changed = payload[:position] + letter + payload[position + 1 :]
    if changed.upper() != payload:
        with pytest.raises(VietQrError):
            parse_vietqr(changed)


@given(banks, accounts, st.data())
def test_a_wrong_length_is_refused_at_its_place(
    bank: str, account: str, data: st.DataObject
) -> None:
    """With a right checksum: the place is inside the template whose length is wrong, or behind."""
    payload = write_vietqr(bank_bin=bank, account=account, purpose="quầy 12")
    heads = [2, 8, 14, payload.index("0006"), payload.index("0208QR"), payload.index("5303")]
    at = data.draw(st.sampled_from(heads[2:]))
    length = payload[at + 2 : at + 4]
    other = data.draw(st.integers(0, 99).filter(lambda n: f"{n:02d}" != length))
    text = payload[: at + 2] + f"{other:02d}" + payload[at + 4 : -4]
    with pytest.raises(VietQrError) as caught:
        parse_vietqr(text + checksum(text))
    assert 1 <= caught.value.position <= len(text) + 4
    assert str(caught.value.position) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "character"),
    [("00020101021138", 13), ("0002010102115303704530370458", 20)],
)
def test_the_place_is_a_character_of_the_payload(text: str, character: int) -> None:
    with pytest.raises(VietQrError) as caught:
        parse_vietqr(text)
    assert caught.value.position == character


@given(banks, st.text(min_size=1, max_size=30), st.integers(0, 10**14))
def test_what_cannot_be_read_is_not_written(bank: str, account: str, amount: int) -> None:
    try:
        payload = write_vietqr(bank_bin=bank, account=account, amount_vnd=amount)
    except VietQrError:
        return
    assert (parse_vietqr(payload).account, parse_vietqr(payload).amount_vnd) == (account, amount)


def signed(text: str) -> str:
    body = text + "6304"
    return body + checksum(body)


GOOD = "00020101021138540010A00000072701240006970436011000110000010208QRIBFTTA53037045802VN"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("01240006", "01230006"), "38"),  # inner length wrong, checksum right
        (GOOD.replace("0110001100000", "0109001100000"), "38"),
        (GOOD.replace("970436", "999999"), "38.01.00"),
        (GOOD.replace("QRIBFTTA", "QRIBFTTX"), "38.02"),
        (GOOD.replace("A000000727", "A000000728"), "38.00"),
        (GOOD.replace("5303704", "5303840"), "53"),
        (GOOD.replace("5802VN", "5802US"), "58"),
        (GOOD.replace("010211", "010213"), "01"),
        (GOOD + "5405" + "50 00", "54"),
        (GOOD + "54010", "54"),
        (GOOD + "5802VN", "58: appears twice"),
        (GOOD + "62070805mua", "62"),
        (GOOD + "5900", "59"),
        (GOOD.replace("000201", "000202"), "000201"),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(VietQrError, match=says.replace(".", r"\.")):
        parse_vietqr(signed(text))


@pytest.mark.parametrize(("text", "amount"), [("540550000", 50_000), ("540650000.", 50_000)])
def test_amounts_may_end_in_a_point(text: str, amount: int) -> None:
    assert parse_vietqr(signed(GOOD.replace("010211", "010212") + text)).amount_vnd == amount


def test_a_payload_without_a_checksum_is_refused() -> None:
    with pytest.raises(VietQrError, match="63"):
        parse_vietqr(GOOD)
    with pytest.raises(VietQrError):
        parse_vietqr("")


@given(st.text(max_size=60))
def test_junk_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(VietQrError):
        parse_vietqr(text)
