"""M4, injection: whatever stands in a parameter, no statement of ours becomes another one."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.clickhouse import Store
from infra.settings import WebSettings
from tests.web.callers import PAGE, plain_client
from tests.web.routes import ROUTES
from tests.web.serving import StandingClock, make_app, served

CORPUS = (
    "'",
    "''",
    "\\",
    "\\'",
    "' OR '1'='1",
    "' OR 1=1 --",
    "HL1' UNION ALL SELECT name FROM system.tables --",
    "HL1'; DROP TABLE day_fold; --",
    "'); TRUNCATE TABLE evidence; --",
    "HL1' AND sleep(3) = 0 AND '1'='1",
    "HL1\\' OR 1=1 #",
    "{market:String}",
    "{x:Identifier}",
    "{{7*7}}",
    "${7*7}",
    "%(name)s",
    "%s%s%n",
    "url('http://127.0.0.1:1/')",
    "file('/etc/passwd')",
    "../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "HL1\x00",
    "HL1%00",
    "HL1\r\nX-Injected: yes",
    "＇ OR １=１",
    "ʼ OR 1=1",
    "\u202eHL1",
    "1e309",
    "-1",
    "99999999999999999999999999",
    "NaN",
    "null",
    "true",
    "[]",
    '["HL1"]',
    "0x31",
    "a" * 4_000,
    "ị" * 1_000,
)
PARAMETERS = (
    "market",
    "kind",
    "vendor",
    "by",
    "grain",
    "at",
    "from",
    "to",
    "known_on",
    "threshold",
    "is_shared",
    "limit",
    "offset",
    "format",
    "measure",
    "sort",
    "page",
    "lang",
    "next",
    "v",
    "teams",
    "target",
    "weeks",
    "weight",
    "w.tourist_share",
)
PATH_PARTS = ("{metric}", "{market}", "{vendor}", "{payment_id:path}", "{name}", "{plan}")
FINE = frozenset({200, 303, 304, 400, 401, 403, 404, 422})
GETS = sorted(path for path, method in ROUTES if method == "GET" and path != "/live")


@pytest.fixture(scope="module")
def kept_site(city: Store, clock: StandingClock, data_dir: Path) -> Iterator[str]:
    """The open site, whose answers to equal questions are kept."""
    settings = WebSettings(answer_age_s_max=3_600, sample_ms=60_000)
    with served(make_app(city, clock, settings=settings, data_dir=data_dir)) as address:
        yield address


def contents(store: Store) -> list[tuple[object, ...]]:
    """Every table and its rows, in number."""
    rows = store.query(
        "SELECT name, engine, total_rows FROM system.tables WHERE database = currentDatabase()"
        " ORDER BY name"
    )
    return [tuple(row) for row in rows if not str(row[0]).startswith("known_")]


def plain(template: str) -> str:
    """The route with parts that are there."""
    path = template.replace("{metric}", "reach").replace("{market}", "HL1")
    path = (
        path.replace("{plan}", "thi-diem")
        .replace("{name}", "choso.css")
        .replace("{vendor}", "HL1-V00001")
    )
    return path.replace("{payment_id:path}", "nothing")


@pytest.mark.parametrize("template", GETS)
def test_no_parameter_becomes_a_statement(kept_site: str, city: Store, template: str) -> None:
    before = contents(city)
    with plain_client(kept_site, headers=PAGE) as client:
        for number, text in enumerate(CORPUS):
            # Over all routes together every text stands in every parameter.
            name = PARAMETERS[(number + GETS.index(template)) % len(PARAMETERS)]
            answer = client.get(plain(template), params={name: text})
            check(answer, template, name, text)
            for part in PATH_PARTS:
                if part in template:
                    quoted = httpx.QueryParams({"x": text}).__str__()[2:].replace("+", "%20")
                    answer = client.get(plain(template.replace(part, quoted)))
                    check(answer, template, part, text)
    assert contents(city) == before


def check(answer: httpx.Response, template: str, name: str, text: str) -> None:
    """Nothing broke, nothing was told that is not ours to tell."""
    where = (template, name, text[:40], answer.status_code)
    assert answer.status_code in FINE, (*where, answer.text[:300])
    assert "x-injected" not in answer.headers, where
    for told in ("root:", "DB::Exception", "Traceback", "system.tables</"):
        assert told not in answer.text, (*where, told)
    assert answer.elapsed.total_seconds() < 60, where


@pytest.mark.parametrize("text", CORPUS)
def test_a_market_that_is_none_has_no_rows(kept_site: str, text: str) -> None:
    """A condition that became true would show the rows of all markets."""
    with plain_client(kept_site) as client:
        for path in ("/v1/adoption/daily", "/v1/adoption/reach"):
            answer = client.get(path, params={"market": text})
            if answer.status_code == 200:
                rows = answer.json()["rows"]
                assert all(row.get("market") == text for row in rows), (path, text, rows[:2])
