"""What a VietQR code says, and what is wrong with one. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from choso.terminal.table import render_table
from consumers.language.language import Language
from schemas.message import Count, Message, Money, Name
from schemas.vietqr import VietQr, VietQrError

ARROW = "▲"
SHOWN_BEFORE, SHOWN_AFTER = 30, 30


class CheckedCode(NamedTuple):
    """A payload of a file. `trouble` None: it is right."""

    line: int
    stall: str
    trouble: VietQrError | None


def render_code(code: VietQr, language: Language) -> str:
    """A line for each thing that the code says."""
    say = language.render
    bank = f"{code.bank_name} ({code.bank_bin})"
    told: list[tuple[Message, str | None]] = [
        (Message("qr.bank"), bank),
        (Message("qr.account"), code.account),
        (Message("qr.service"), code.service),
        (Message("qr.amount"), _amount(code, language)),
        (Message("qr.merchant"), code.merchant_name),
        (Message("qr.city"), code.merchant_city),
        (Message("qr.bill"), code.bill),
        (Message("qr.store"), code.store),
        (Message("qr.reference"), code.reference),
        (Message("qr.terminal"), code.terminal),
        (Message("qr.purpose"), code.purpose),
    ]
    rows = [(say(name), value) for name, value in told if value]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in rows)


def render_defect(payload: str, error: VietQrError, language: Language) -> str:
    """What is wrong, and an arrow below the character at which it is seen."""
    at = error.position - 1
    first = max(0, at - SHOWN_BEFORE)
    shown = payload[first : at + SHOWN_AFTER]
    words = Message(
        "qr.defect",
        position=Count(error.position),
        field=Name(error.where),
        trouble=Name(error.trouble),
    )
    return "\n".join([language.render(words), f"  {shown}", f"  {' ' * (at - first)}{ARROW}"])


def render_checked(checked: Sequence[CheckedCode], language: Language) -> str:
    """The codes that are wrong, and how many are right."""
    say = language.render
    wrong = [
        (str(each.line), each.stall, each.trouble.where, each.trouble.trouble)
        for each in checked
        if each.trouble is not None
    ]
    counts = Message("qr.checked", right=Count(len(checked) - len(wrong)), wrong=Count(len(wrong)))
    if not wrong:
        return say(counts)
    head = [Message("qr.line"), Message("qr.stall"), Message("qr.field"), Message("qr.trouble")]
    return f"{render_table([*map(say, head)], wrong)}\n{say(counts)}"


def _amount(code: VietQr, language: Language) -> str:
    if code.amount_vnd is None:
        return language.render(Message("qr.any_amount"))
    return language.show(Money(code.amount_vnd))
