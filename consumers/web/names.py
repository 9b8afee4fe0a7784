"""What groups of an answer are called, and which page is theirs."""

from consumers.adoption.question.answer import Cell
from consumers.web.site import KINDS
from consumers.web.state import path_to
from consumers.web.view import View


def group_name(view: View, row: Cell) -> str:
    """The name of the group, never empty."""
    if row.group_name:
        return row.group_name
    if not row.group:
        return view.say("without an owner") if row.market == "" else row.market
    return view.say(KINDS[row.group]) if row.group in KINDS else row.group


def group_href(view: View, row: Cell) -> str | None:
    """The page of a market; other groups have none."""
    if row.market and row.group == row.market:
        return view.address(path_to("markets", row.market), markets=())
    return None
