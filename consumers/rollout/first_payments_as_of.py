"""First payments as they were known at an earlier moment, computed from evidence."""

from collections import Counter
from datetime import date, datetime

import numpy as np

from consumers.adoption.ask import question_of
from consumers.adoption.panel.panel import date_of, day_number
from consumers.adoption.panel.panel_of import read_panel
from consumers.adoption.question.scene import look
from consumers.adoption.question.scope import scope
from consumers.rollout.running_sites import FirstDays
from infra.clickhouse import Store
from infra.settings import FoldSettings


def first_days_known(
    store: Store, *, last_day: date, known_on: datetime, now: datetime, fold: FoldSettings
) -> FirstDays:
    """How many vendors of each market were first paid on which day, up to `last_day`."""
    question = question_of(
        "activity", now=now, first_day=last_day, last_day=last_day, by="market", known_on=known_on
    )
    scene = look(store, now=now, fold=fold, question=question)
    with scope(store, question, scene) as read:
        panel = read_panel(read, with_spans=False)
    first = panel.first_paid()
    is_paid = (first >= 0) & (first <= day_number(last_day))
    found: dict[str, Counter[date]] = {}
    for row in np.flatnonzero(is_paid):
        market = panel.markets[panel.market[row]]
        found.setdefault(market, Counter())[date_of(first[row])] += 1
    return found
