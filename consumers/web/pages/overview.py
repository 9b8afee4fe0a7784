"""The morning page: all markets on one scale, what changed, what is incomplete."""

from fastapi import Response

from consumers.adoption.metrics.ladder import LadderRow
from consumers.adoption.question.answer import Question
from consumers.web.access.rules import AccessRule
from consumers.web.changes import changes
from consumers.web.exhibit import Exhibit
from consumers.web.exhibits.ladders import ladder_panel
from consumers.web.exhibits.small_trends import small_trends
from consumers.web.headline import headline
from consumers.web.incomplete import gaps
from consumers.web.live_feed import ALL
from consumers.web.measures import MEASURES
from consumers.web.names import group_name
from consumers.web.pages.alerts import newest_open
from consumers.web.view import Page, View
from schemas.message import mark as _

WEEKS = 12
CHANGES_MAX = 6
ALERTS_MAX = 5
GAPS_MAX = 8


def render(view: View) -> Response:
    """Of all markets that the caller sees, or of those that the address names."""
    answers = view.site.asker.ask_all(questions(view))
    ladder = answers["ladder"]
    rows = [r for r in ladder.rows if isinstance(r, LadderRow) and r.market]
    order = {kind: n for n, kind in enumerate(KIND_ORDER)}
    facts = view.site.asker.scene().facts.on(view.today)
    rows.sort(key=lambda r: order.get(facts[r.market].kind, 9) if r.market in facts else 9)
    today = view.today_figures(view.state.markets)
    return view.render(
        "overview.html",
        answer=ladder,
        headline=headline(view, answers["now"], answers["weeks"], where=_where(view, rows)),
        panels=[ladder_panel(view, ladder.question, row) for row in rows],
        trends=_in_order(
            small_trends(view, answers["markets"], MEASURES["active"], key="trend"),
            [f"trend-{row.market}" for row in rows],
        ),
        alerts=newest_open(view, ALERTS_MAX),
        changes=changes(view, answers["growth"])[:CHANGES_MAX],
        gaps=gaps(view, ladder=ladder, weeks=answers["weeks"])[:GAPS_MAX],
        live=today.total(),
        live_key=ALL,
        live_at=today.at,
    )


def _in_order(exhibits: list[Exhibit], keys: list[str]) -> list[Exhibit]:
    known = {exhibit.key: exhibit for exhibit in exhibits}
    return [known[key] for key in keys if key in known]


KIND_ORDER = ("traditional_market", "supermarket", "convenience_store", "service_centre")


def questions(view: View) -> dict[str, Question]:
    """All that the page asks."""
    first, last = view.weeks(WEEKS)
    weekly = {"grain": "week", "first_day": first, "last_day": last}
    whole = view.whole()
    return {
        "now": view.question("activity", **whole),
        "weeks": view.question("activity", **{**whole, **weekly}),
        "markets": view.question("activity", by="market", **weekly),
        "ladder": view.question("ladder", by="market"),
        "growth": view.question("growth", by="market"),
    }


def _where(view: View, rows: list[LadderRow]) -> str:
    if view.whole()["by"] == "market":
        [market] = view.whole()["markets"]
        return next((group_name(view, r) for r in rows if r.market == market), market)
    return view.say_count("%(count)s market", "%(count)s markets", len(rows))


PAGE = Page(
    path="/", title=_("Overview"), rule=AccessRule("figures", "query"), render=render, in_nav=True
)
