"""One city, one open site and one browser for all tests of the pages."""

from collections.abc import Iterator
from csv import DictReader
from pathlib import Path

import pytest

from consumers.alerts.book import list_alerts
from consumers.evaluation.plan import Plan, parse_plan
from consumers.web.studies import CANDIDATES
from infra.clickhouse import Store
from infra.errors import Unavailable
from tests.parts import missing, store_client
from tests.web.browser import EXECUTABLE, Chrome, chrome
from tests.web.city import MORNING, fill
from tests.web.papers import PLAN, REFUSED, fill_data_dir
from tests.web.serving import StandingClock, make_app, served

NAMES = """
SELECT DISTINCT name FROM registry_fact WHERE name IS NOT NULL
UNION ALL SELECT DISTINCT coalesce(area, '') FROM registry_fact
UNION ALL SELECT DISTINCT coalesce(product, '') FROM registry_fact
"""


@pytest.fixture(scope="session")
def city(store_dsn: str) -> Iterator[Store]:
    """The city's store; tests of pages read it, and leave it as it is."""
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE web_city")
        with store_client(store_dsn.removesuffix("/default") + "/web_city") as store:
            fill(store)
            yield store
            assert list_alerts(store, state="acknowledged") == [], "a test has changed the city"
        root.command("DROP DATABASE web_city")


@pytest.fixture(scope="session")
def clock() -> StandingClock:
    """The morning of the city."""
    return StandingClock(MORNING)


@pytest.fixture(scope="session")
def data_dir(city: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registered plan, candidates and reports of the city."""
    path: Path = tmp_path_factory.mktemp("data")
    fill_data_dir(path, city)
    return path


@pytest.fixture(scope="session")
def site(city: Store, clock: StandingClock, data_dir: Path) -> Iterator[str]:
    """The address of the pages without sign-in."""
    with served(make_app(city, clock, data_dir=data_dir)) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    """Skipped where there is no Chromium; failed where everything must run."""
    if not Path(EXECUTABLE).exists():
        missing(Unavailable(f"chromium: {EXECUTABLE} is not there: apt-get install chromium"))
    with chrome() as found:
        yield found


@pytest.fixture(scope="session")
def proper_names(city: Store, data_dir: Path) -> list[str]:
    """Of markets, people, wards and goods; and what people called plans and candidates."""
    with (data_dir / CANDIDATES).open(encoding="utf-8") as file:
        sites = [row[column] for row in DictReader(file) for column in ("code", "name", "ward")]
    titles = [plan.title for plan in map(_plan, (PLAN, REFUSED))]
    return [*(name for (name,) in city.query(NAMES)), *sites, *titles]


def _plan(text: str) -> Plan:
    return parse_plan(text, subject="plan")
