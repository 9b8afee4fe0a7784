"""From what a person asks to a checked question, and from that to its answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, get_args

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.privacy.suppress import LEVELS
from consumers.adoption.question.answer import Answer, By, Grain, Metric, MetricContext, Question
from consumers.adoption.question.periods import KNOWN_ON_DAYS_MAX, check_range
from infra.clickhouse import Store
from infra.errors import Refused
from schemas.calendar import LOCAL
from schemas.message import Count, Instant, Message, Name, one_of
from schemas.registry import MARKET_KINDS
from schemas.thresholds import Thresholds

DAYS_MAX = 1_100  # three years and a bit
PERIODS_MAX = 400
FILTERS_MAX = 100
CODE_CHARACTERS_MAX = 48
THRESHOLD_MAX = 366


def metric_of(name: str) -> Metric:
    """The metric of this name. Refused: there is none."""
    if name not in METRICS:
        raise Refused(one_of("metric", name, METRICS))
    return METRICS[name]


def question_of(
    name: str,
    *,
    now: datetime,
    at: date | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    by: str | None = None,
    grain: str | None = None,
    markets: Sequence[str] = (),
    kinds: Sequence[str] = (),
    vendors: Sequence[str] = (),
    known_on: datetime | None = None,
    thresholds: Thresholds | None = None,
    is_shared: bool = False,
) -> Question:
    """A question that the metric can answer. Refused: one that it cannot, and why.

    `at` is another word for the last day. Without days it is asked up to the last day that is
    over, over the metric's usual number of days.
    """
    metric = metric_of(name)
    if at and last_day:
        raise Refused(Message("refused.day_or_range"))
    moment = known_on or now
    if moment.tzinfo is None:
        raise Refused(Message("refused.time_zone"))
    if moment > now:
        raise Refused(Message("refused.future", moment=Instant(moment)))
    last = at or last_day or moment.astimezone(LOCAL).date() - timedelta(days=1)
    first = first_day or last - timedelta(days=metric.days - 1)
    question = Question(
        metric=name,
        first_day=first,
        last_day=last,
        by=_by(metric, by or ("vendor" if vendors and "vendor" in metric.by else None)),
        grain=_grain(metric, grain),
        markets=tuple(sorted(set(markets))),
        kinds=tuple(sorted(set(kinds))),
        vendors=tuple(sorted(set(vendors))),
        known_on=known_on,
        thresholds=thresholds or Thresholds(),
        is_shared=is_shared,
    )
    check(question)
    return question


def thresholds_of(words: Sequence[str]) -> Thresholds:
    """Thresholds with `NAME=VALUE` changed. Refused: an unknown name, or no fitting number."""
    base = Thresholds()
    changes: dict[str, Any] = {}
    for word in words:
        name, _, text = word.strip().partition("=")
        default = getattr(base, name, None) if name in base.__dataclass_fields__ else None
        if default is None:
            raise Refused(one_of("threshold", name, base.__dataclass_fields__))
        try:
            value = type(default)(text)
        except ValueError:
            raise Refused(
                Message("refused.no_number", name=Name(name), text=Name(text[:60]))
            ) from None
        if not 0 < value <= THRESHOLD_MAX:
            raise Refused(
                Message(
                    "refused.threshold", name=Name(name), text=Name(text), most=Count(THRESHOLD_MAX)
                )
            )
        changes[name] = value
    return replace(base, **changes)


def ask(store: Store, question: Question, scene: MetricContext) -> Answer:
    """The answer. Refused: a question that cannot be answered."""
    check(question)
    return metric_of(question.metric).answer(store, question, scene)


def _by(metric: Metric, by: str | None) -> By:
    default = "market" if "market" in metric.by else sorted(metric.by)[0]
    chosen = by or default
    if chosen not in metric.by:
        fitting = [word for word in get_args(By) if word in metric.by]
        raise Refused(one_of(f"{metric.definition.id}: by", chosen, fitting))
    return chosen


def _grain(metric: Metric, grain: str | None) -> Grain:
    default = "window" if "window" in metric.grains else sorted(metric.grains)[0]
    chosen = grain or default
    if chosen not in metric.grains:
        fitting = [word for word in get_args(Grain) if word in metric.grains]
        raise Refused(one_of(f"{metric.definition.id}: grain", chosen, fitting))
    return chosen


def check(question: Question) -> None:
    """Refused: what no metric can answer, or what must not be told."""
    is_past = question.known_on is not None
    days_max = KNOWN_ON_DAYS_MAX if is_past else DAYS_MAX
    check_range(question.first_day, question.last_day, days_max=days_max)
    days = (question.last_day - question.first_day).days + 1
    if question.grain == "day" and days > PERIODS_MAX:
        raise Refused(Message("refused.days", days=Count(days), most=Count(PERIODS_MAX)))
    for name in ("markets", "kinds", "vendors"):
        words: tuple[str, ...] = getattr(question, name)
        if len(words) > FILTERS_MAX:
            raise Refused(
                Message(
                    "refused.many",
                    what=Name(name),
                    count=Count(len(words)),
                    most=Count(FILTERS_MAX),
                )
            )
        if long := [word for word in words if len(word) > CODE_CHARACTERS_MAX]:
            raise Refused(Message("refused.long_code", what=Name(name), text=Name(long[0][:60])))
    if unknown := set(question.kinds) - set(MARKET_KINDS):
        raise Refused(one_of("kind", min(unknown), MARKET_KINDS))
    if is_past and question.by == "cohort":
        raise Refused(Message("refused.cohort_as_known"))
    if question.is_shared:
        check_shared(question)


def check_shared(question: Question) -> None:
    """Refused: what in a shared answer would tell of single vendors."""
    if question.metric == "health":
        raise Refused(Message("refused.health_shared"))
    if question.by not in LEVELS or question.vendors:
        raise Refused(Message("refused.vendor_shared"))
    is_filtered = bool(question.markets or question.kinds)
    fits = question.by in ("market", "row") or (question.by == "kind" and not question.markets)
    if is_filtered and not fits:
        # The sum over chosen markets, beside that over all of them, would give those left out.
        raise Refused(Message("refused.some_shared", by=Name(question.by)))
