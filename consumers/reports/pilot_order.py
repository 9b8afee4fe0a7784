"""What a report on the pilot is made with: a registered plan, and what stands at its head."""

from collections.abc import Mapping
from datetime import date

from consumers.evaluation.ask import StudyContext, answer
from consumers.evaluation.plan import parse_plan
from consumers.reports.document import Document
from consumers.reports.pilot import pilot_report
from consumers.reports.report import Report, Sources
from infra.errors import Refused
from schemas.message import Message, Name


def make_pilot_report(scene: StudyContext, params: Mapping[str, str]) -> Document:
    """The report on one plan. `params`: plan (its text), day, issuer, place.

    The figures are those known at the plan's own moment, so it can be made again at any time.
    Refused: a plan that cannot be read, or a file that lacks something.
    """
    try:
        text, day = params["plan"], date.fromisoformat(params["day"])
        issuer, place = params["issuer"], params["place"]
    except (KeyError, ValueError) as error:
        raise Refused(
            Message("refused.order_damaged", kind=Name("pilot"), cause=Name(repr(error)))
        ) from None
    evaluation = answer(scene, parse_plan(text, subject="report pilot: plan"))
    return pilot_report(
        evaluation, issuer=Name(issuer), place=Name(place), day=day, params=dict(params)
    )


def _make(sources: Sources, params: Mapping[str, str]) -> Document:
    with sources.store() as store:
        scene = StudyContext(store, sources.evaluations, sources.now, sources.fold)
        return make_pilot_report(scene, params)


PILOT = Report(kind="pilot", title=Message("report.pilot"), make=_make)
