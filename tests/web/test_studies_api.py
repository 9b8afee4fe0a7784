"""The API of evaluations and forecasts says what the commands compute."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from consumers.evaluation.ask import FOLDER, StudyContext, answer_dose, answer_live, answer_whom
from consumers.evaluation.ask import registered_plans as plans
from consumers.fold.projections import NOW_AND_EVER
from consumers.language.plain import as_worded_json
from consumers.rollout.running_sites import read_running
from consumers.rollout.score import score
from infra.clickhouse import Store
from infra.settings import FoldSettings
from schemas.calendar import LOCAL
from tests.web.callers import plain_client
from tests.web.serving import StandingClock, make_app, served

pytestmark = pytest.mark.real
PLAN = "thi-diem"


@pytest.fixture(scope="module")
def api(city: Store, clock: StandingClock, data_dir: Path) -> Iterator[httpx.Client]:
    with (
        served(make_app(city, clock, data_dir=data_dir)) as address,
        plain_client(address) as client,
    ):
        yield client


def test_evaluations_by_week_by_group_and_by_visits(
    api: httpx.Client, city: Store, clock: StandingClock, data_dir: Path
) -> None:
    scene = StudyContext(city, data_dir / FOLDER, clock.now(), FoldSettings())
    [plan] = [each for each in plans(scene.folder) if each.id == PLAN]
    address = f"/v1/evaluation/{PLAN}"
    assert api.get(f"{address}/live").json() == as_worded_json(answer_live(scene, plan))
    assert api.get(f"{address}/dose").json() == as_worded_json(answer_dose(scene, plan))
    for by in ("product", "row", "kind"):
        said = api.get(f"{address}/whom", params={"by": by})
        assert said.json() == as_worded_json(answer_whom(scene, plan, by)), by
    assert api.get(f"{address}/whom").json()["by"] == "product"


def test_what_cannot_be_asked_is_refused_by_name(api: httpx.Client) -> None:
    for name in ("live", "whom", "dose"):
        unknown = api.get(f"/v1/evaluation/nothing/{name}")
        assert unknown.status_code == 404
        assert "no plan is registered under this id" in unknown.text
    assert api.get(f"/v1/evaluation/{PLAN}/whom", params={"by": "colour"}).status_code == 422
    assert api.get("/v1/rollout/score", params={"weeks": 0}).status_code == 422


def test_past_forecasts_are_scored(api: httpx.Client, city: Store, clock: StandingClock) -> None:
    today = clock.now().astimezone(LOCAL).date()
    running = read_running(city, today=today, known_at=NOW_AND_EVER)
    found = score(running.sites, horizon_weeks=4, left_out=running.left_out)
    assert found.origin_count > 0
    assert api.get("/v1/rollout/score", params={"weeks": 4}).json() == as_worded_json(found)
