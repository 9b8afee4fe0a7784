"""The catalogue, the page, the command and the dashboard: one list, and every query runs."""

import csv
import io
import json
import re
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from choso.commands import adoption as commands
from choso.commands import look
from choso.compose import Choso
from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.render.answer import parquet_fields
from consumers.adoption.render.flat import columns_of, flat_row
from consumers.adoption.render.metrics_doc import PAGE, page
from consumers.sql import statement
from infra.settings import Settings
from schemas.thresholds import Thresholds
from tests.consumers.adoption.cities import FIRST_DAY, LAST_DAY, NOW
from tests.consumers.adoption.laying import Laid
from tests.engine import FixedClock

ROOT = Path(__file__).parents[3]
DASHBOARD = ROOT / "infra" / "grafana" / "dashboards" / "adoption.json"
DAYS = ["--from", str(FIRST_DAY), "--to", str(LAST_DAY)]


def test_the_page_is_of_the_catalogue() -> None:
    """Mend with `python -m consumers.adoption.render.metrics_doc`."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", METRICS)
def test_definitions_name_what_there_is(name: str) -> None:
    definition = METRICS[name].definition
    assert definition.version >= 1
    assert all((definition.text, definition.nulls, definition.interval, definition.sql))
    assert set(definition.thresholds) <= {*Thresholds.__dataclass_fields__}
    for sql in definition.sql:
        assert statement("consumers.adoption", sql).startswith("-- ")


def test_a_changed_threshold_is_in_the_version() -> None:
    assert Thresholds().version == "v1"
    changed = Thresholds(active_days_min=2, k_payers_min=7)
    assert changed.version == "v1+active_days_min=2,k_payers_min=7"


def test_there_is_a_command_for_each_metric() -> None:
    """Its help is what the metric's module says first."""
    told = commands.metric_help()
    assert list(told) == list(METRICS)
    for name, metric in METRICS.items():
        module = getdoc(import_module(metric.answer.__module__))
        assert module is not None
        assert module.splitlines()[0] == told[name]


@pytest.fixture
def run(laid: Laid, store_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    dsn = store_dsn.removesuffix("/default") + "/plain_cities"
    app = typer.Typer()
    look.register(app)
    commands.register(app)
    choso = Choso(Settings(store={"dsn": dsn}), clock=FixedClock(NOW))

    def command(*words: str) -> Any:
        return CliRunner().invoke(app, ["adoption", *words], obj=choso)

    return command


@pytest.mark.real
@pytest.mark.parametrize("name", METRICS)
def test_commands_answer_for_every_metric(laid: Laid, run: Any, name: str) -> None:
    found = run(name, *DAYS, "--format", "csv")
    assert found.exit_code == 0, found.exception
    rows = list(csv.DictReader(io.StringIO(found.stdout)))
    metric = METRICS[name]
    answer = laid.ask(name)
    assert [row["group"] for row in rows] == [row.group for row in answer.rows]
    assert (
        list(rows[0]) == columns_of(metric.row) == [name for name, _ in parquet_fields(metric.row)]
    )
    for row, wanted in zip(rows, answer.rows, strict=True):
        flat = flat_row(wanted)
        assert list(flat) == list(row)
        assert row == {key: "" if value is None else str(value) for key, value in flat.items()}


@pytest.mark.real
def test_formats_hold_the_same(laid: Laid, run: Any, tmp_path: Path) -> None:
    words = ["cashless-share", *DAYS, "--by", "kind", "--market", "C1A", "--market", "C2A"]
    found = json.loads(run(*words, "--format", "json").stdout)
    assert found["question"]["markets"] == ["C1A", "C2A"]
    assert found["definition"]["thresholds_version"] == "v1"
    assert all(
        row["count_share"]["value"] is not None or row["count_share"]["reason"]
        for row in found["rows"]
    )
    table = run(*words).stdout
    for word in ("cut-off: ", "definition: cashless-share", "thresholds: v1", "health: "):
        assert word in table
    file = tmp_path / "rows.parquet"
    assert run(*words, "--format", "parquet", "--file", str(file)).exit_code == 0
    kept = pq.read_table(file)
    assert kept.num_rows == len(found["rows"])
    assert kept["vnd_share"].to_pylist() == [row["vnd_share"]["value"] for row in found["rows"]]
    assert run("intensity", "--format", "xml").exception is not None
    shared = run(
        "intensity", *DAYS, "--shared", "--threshold", "k_payers_min=300", "--format", "json"
    )
    answer = json.loads(shared.stdout)
    assert answer["definition"]["thresholds_version"] == "v1+k_payers_min=300"
    assert all(row["suppressed"] for row in answer["rows"] if row["payment_count"]["value"] != 0)


@pytest.mark.real
def test_the_dashboards_queries_run_on_the_store(laid: Laid) -> None:
    """Grafana's plugin replaces macros and variables by text, as is done here."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 5
    [variable] = dashboard["templating"]["list"]
    markets = [row[0] for row in laid.store.query(variable["query"])]
    assert "C0A" in markets
    empty = []
    for panel in panels:
        assert panel["description"]
        [target] = panel["targets"]
        rows = laid.store.rows(as_grafana_sends_it(target["rawSql"], markets))
        if not rows:
            empty.append(panel["title"])
        if panel["type"] == "timeseries":
            assert all({"time", "metric"} <= row.keys() for row in rows)
    # The cities have no census, so no share of one, and no fees of the days that are looked at.
    assert set(empty) <= {"Share of vendors paid, by day", "Market fees paid cashless"}


def as_grafana_sends_it(sql: str, markets: list[str]) -> str:
    names = ",".join(f"'{market}'" for market in markets)
    sql = sql.replace("${market:singlequote}", names)
    sql = re.sub(
        r"\$__dateFilter\((\w+)\)",
        rf"\1 >= toDate('{FIRST_DAY}') AND \1 <= toDate('{LAST_DAY}')",
        sql,
    )
    sql = sql.replace("$__toTime", f"toDateTime('{LAST_DAY} 16:59:59')")
    assert "$" not in sql, sql
    return sql


@pytest.mark.real
def test_the_page_about_views_names_their_columns(laid: Laid) -> None:
    text = (ROOT / "docs" / "bi.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| `(bi_\w+)[^|]*\| [^|]*\| ([^|]*) \|$", text, re.MULTILINE))
    columns = laid.store.query(
        "SELECT view, arrayStringConcat(groupArray(column), ', ') FROM ("
        " SELECT c.table AS view, c.name AS column FROM system.columns AS c"
        " WHERE c.database = currentDatabase() AND c.table LIKE 'bi\\_%'"
        " ORDER BY c.table, c.position) GROUP BY view"
    )
    found: dict[str, str] = dict(columns)
    named = laid.store.rows("SELECT * FROM bi_market_active(last_day = '2026-03-20') LIMIT 1")
    found["bi_market_active"] = ", ".join(named[0])  # has a parameter: not listed
    assert said == found
