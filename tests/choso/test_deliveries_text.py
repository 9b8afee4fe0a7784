"""What the commands about deliveries say, in both languages."""

from datetime import UTC, date, datetime

import pytest

from choso.terminal.deliveries import render_delivery, render_list, render_proof
from consumers.language.language import languages
from consumers.ledger.deliveries import DeliveryTold, Proof, Retracted, RowsTold

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)
WHOLE = DeliveryTold(
    id="ab" * 16,
    is_told=True,
    recorded_at=AT,
    name="sao-ke.csv",
    source="/bank",
    profile="bank.toml",
    market="HL1",
    first_day=date(2026, 11, 1),
    last_day=date(2026, 11, 2),
    line_count=4,
    opening_vnd=0,
    closing_vnd=45_000,
    accounts=("c" * 32,),
    outcomes=(
        RowsTold("header", None, 1, 1, 0, 0, 0, 0),
        RowsTold("rejected", "time", 1, 1, 0, 0, 0, 1),
        RowsTold("published", None, 2, 2, 45_000, 0, 45_000, 0),
    ),
    retracted=Retracted("Mai", AT, "sai tài khoản"),
)
STOPPED = DeliveryTold(
    id="cd" * 16,
    is_told=False,
    recorded_at=AT,
    name=None,
    source=None,
    profile=None,
    market=None,
    first_day=None,
    last_day=None,
    line_count=None,
    opening_vnd=None,
    closing_vnd=None,
    accounts=(),
    outcomes=(),
    retracted=None,
)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", ("2 payments, ₫45,000", "retracted by Mai", "just what it said", "said 2 payments")),
        ("vi", ("2 khoản, 45.000\u00a0₫", "Mai rút lại", "đúng như đã khai", "đã khai 2 khoản")),
    ],
)
def test_both_languages_say_it_all(code: str, words: tuple[str, ...]) -> None:
    language = languages()[code]
    lines = [
        *render_list([WHOLE, STOPPED], language),
        *render_list([], language),
        *render_delivery(WHOLE, Proof(WHOLE, 2, 45_000, 45_000), language),
        *render_proof(Proof(WHOLE, 1, 20_000), language),
        *render_delivery(STOPPED, Proof(STOPPED, 1, 20_000), language),
    ]
    for each in words:
        assert any(each in line for line in lines), (each, lines)
