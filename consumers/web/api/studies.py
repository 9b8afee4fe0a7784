"""The API of evaluations, forecasts, plans and reports: what their pages show, as JSON."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query
from fastapi.responses import FileResponse

from consumers.language.plain import as_worded_json
from consumers.reports.formats import MEDIA_TYPES, format_of
from consumers.web.access.audience import Audience, admits
from consumers.web.api.answers import NOT_THERE, PROBLEMS
from consumers.web.report_files import report_file, report_files
from consumers.web.site import WebContext
from consumers.web.state import codes, path_to
from consumers.web.studies import PLAN_TEAMS_MAX
from consumers.web.study_questions import (
    FORECAST_TARGET,
    FORECAST_WEEKS,
    PLAN_TARGET,
    PLAN_TEAMS,
    days_of,
    plan_question,
    seen_sites,
    weight_of,
)
from infra.errors import Refused

WEIGHTS_MAX = 50
SCORE_WEEKS = 26
# About all markets together; what is by group of vendors, and who began when, is of small groups.
Whole = Annotated[Audience, admits("figures", "all")]
People = Annotated[Audience, admits("people", "all")]
Listed = Annotated[Audience, admits("figures", "inside")]
Percent = Annotated[int, Query(ge=1, le=100, description="Percent of the stalls.")]


def add_studies_api(app: FastAPI, site: WebContext) -> None:
    """Register the routes."""

    @app.get("/v1/evaluation", summary="Registered evaluations, newest first", responses=PROBLEMS)
    def evaluations(_: Whole) -> list[dict[str, Any]]:
        return [as_worded_json(each) for each in site.studies.registrations()]

    @app.get(
        "/v1/evaluation/{plan}",
        summary="One evaluation: effect, checks, refusals, verdict",
        responses=PROBLEMS | NOT_THERE,
    )
    def evaluation(audience: Whole, plan: str) -> dict[str, Any]:
        """By the id of its plan. Numbers that are not there or have no bound are null."""
        found: dict[str, Any] = as_worded_json(
            site.studies.evaluation(site.studies.registered(plan))
        )
        small = site.studies.small_markets() if audience.is_shared else frozenset()
        for market in found["markets"]:
            if market["market"] in small:
                market["before"] = market["after"] = None
        return found

    @app.get(
        "/v1/evaluation/{plan}/live",
        summary="The effect week by week, which may be looked at every week",
        responses=PROBLEMS | NOT_THERE,
    )
    def live(_: Whole, plan: str) -> dict[str, Any]:
        """An anytime-valid interval over the complete weeks since the start."""
        found: dict[str, Any] = as_worded_json(site.studies.live(site.studies.registered(plan)))
        return found

    @app.get(
        "/v1/evaluation/{plan}/whom",
        summary="Effects by group of vendors, shrunk",
        responses=PROBLEMS | NOT_THERE,
    )
    def whom(
        _: People, plan: str, by: Annotated[Literal["product", "row", "kind"], Query()] = "product"
    ) -> dict[str, Any]:
        """With control of multiplicity; causal only where comparison stalls send events too."""
        found: dict[str, Any] = as_worded_json(site.studies.whom(site.studies.registered(plan), by))
        return found

    @app.get(
        "/v1/evaluation/{plan}/dose",
        summary="Visits of teams and first payments",
        responses=PROBLEMS | NOT_THERE,
    )
    def dose(_: People, plan: str) -> dict[str, Any]:
        """Descriptive, unless visits were randomised."""
        found: dict[str, Any] = as_worded_json(site.studies.dose(site.studies.registered(plan)))
        return found

    @app.get(
        "/v1/rollout/score", summary="Past forecasts against what happened", responses=PROBLEMS
    )
    def score(
        _: Whole,
        weeks: Annotated[int, Query(ge=1, le=104, description="Weeks ahead.")] = SCORE_WEEKS,
    ) -> dict[str, Any]:
        """By rolling origin, beside plainer methods; `left_out` names sites without a forecast."""
        found: dict[str, Any] = as_worded_json(site.studies.score(horizon_weeks=weeks))
        return found

    @app.get(
        "/v1/rollout/forecast", summary="Adoption ahead, with bands", responses=PROBLEMS | NOT_THERE
    )
    def forecast(
        audience: Annotated[Audience, admits("figures", "query")],
        weeks: Annotated[int, Query(ge=1, le=104, description="Weeks ahead.")] = FORECAST_WEEKS,
        target: Percent = FORECAST_TARGET,
    ) -> dict[str, Any]:
        """`withheld` names markets whose figures are small cells, `left_out` those without any."""
        asked = codes(audience.markets, "market")
        whole = site.studies.forecast(target_share=target / 100, horizon_weeks=weeks)
        sites, small = seen_sites(whole, audience, asked)
        left = [
            x for x in whole.left_out if audience.sees(x.code) and (not asked or x.code in asked)
        ]
        found: dict[str, Any] = as_worded_json(whole)
        return found | {
            "sites": as_worded_json(sites),
            "left_out": as_worded_json(left),
            "withheld": list(small),
        }

    @app.get("/v1/rollout/plan", summary="Which site starts when", responses=PROBLEMS)
    def plan(
        _: Whole,
        teams: Annotated[int, Query(ge=1, le=PLAN_TEAMS_MAX)] = PLAN_TEAMS,
        first_day: Annotated[date | None, Query(alias="from")] = None,
        last_day: Annotated[date | None, Query(alias="to")] = None,
        target: Percent = PLAN_TARGET,
        weight: Annotated[
            list[str] | None,
            Query(description="ATTRIBUTE=NUMBER; repeat. Negative: less is better."),
        ] = None,
    ) -> dict[str, Any]:
        first, last = days_of(site.studies.today, first_day, last_day)
        question = plan_question(teams, first, last, target)
        found: dict[str, Any] = as_worded_json(site.studies.plan(question, _weights(weight or [])))
        return found

    @app.get("/v1/reports", summary="Documents that can be downloaded", responses=PROBLEMS)
    def reports(audience: Listed) -> list[dict[str, Any]]:
        """`href` is where the document itself is."""
        return [
            as_worded_json(paper) | {"href": path_to("reports", paper.name)}
            for paper in report_files(site.data_dir, audience)
        ]

    @app.get("/reports/{name}", include_in_schema=False)
    def report(audience: Listed, name: str) -> FileResponse:

        path, _ = report_file(site.data_dir, audience, name)
        return FileResponse(
            path,
            media_type=MEDIA_TYPES[format_of(path)],
            filename=name,
            headers={"Cache-Control": "private, no-cache"},
        )


def _weights(texts: list[str]) -> dict[str, float] | None:
    if len(texts) > WEIGHTS_MAX:
        raise Refused(f"weight: more than {WEIGHTS_MAX}")
    found = {}
    for text in texts:
        name, sign, number = text.rpartition("=")
        if not sign:
            raise Refused(f"weight: {text[:40]!r} is not ATTRIBUTE=NUMBER")
        found[name] = weight_of(name[:40], number)
    return found or None
