"""From a file of totals to a verdict through the running stack: import, register, run."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.choso.conftest import Running
from tests.patience import patient

WEEKS, START = 12, 8
PLAN = """
id = "stack-totals"
title = "Totals through the stack"
estimator = "did"
known_on = {known_on}
outcome.metric = "payments"
outcome.source = "market_total"
outcome.reported_by = "Kho bạc"
outcome.rail_class = "card"
window = {{ first_week = {first}, start_week = {start}, last_week = {last} }}
markets = {{ pilots = ["T0", "T1", "T2"], comparisons = ["T3", "T4", "T5", "T6", "T7"] }}
assignment = {{ how = "as it happened" }}
thresholds = {{ effect_min = 0.1, pre_trend_alpha = 0.001 }}
"""


def test_totals_are_imported_registered_and_judged(running: Running, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    last = today - timedelta(days=today.weekday() + 14)
    weeks = [last - timedelta(weeks=WEEKS - 1 - n) for n in range(WEEKS)]
    markets = [f"T{n}" for n in range(8)]
    registry = tmp_path / "markets.csv"
    rows = [f"market,{m},Chợ {m},traditional_market,,2020-01-01" for m in markets]
    rows += [f"census_taken,{m},,,10,2020-01-01" for m in markets]
    head = "kind,market,name,market_kind,stall_count,effective_from\n"
    registry.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    assert "16 facts published" in running.choso("registry", "import", str(registry))
    totals = tmp_path / "totals.csv"
    lines = ["market,week,count,value_vnd,source,rail"]
    for n, market in enumerate(markets):
        for w, week in enumerate(weeks):
            count = 700 + 7 * ((5 * n + 3 * w + n * w) % 11) + (140 if n < 3 and w >= START else 0)
            lines.append(f"{market},{week},{count},{count * 50_000},Kho bạc,card")
    totals.write_text("\n".join(lines) + "\n", encoding="utf-8")
    imported = running.choso("import", str(totals), "--kind", "market-total")
    assert f"{8 * WEEKS} facts published, 0 rows rejected" in imported
    plan = tmp_path / "PLAN.toml"
    plan.write_text(
        PLAN.format(
            known_on=(datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds"),
            first=weeks[0],
            start=weeks[START],
            last=last,
        ),
        encoding="utf-8",
    )
    # What was imported just now was not known an hour ago.
    assert "the hash is in the log" in running.choso("evaluate", "register", str(plan))
    early = json.loads(running.choso("evaluate", "run", str(plan), "--format", "json"))
    assert early["found"] is None and early["verdict"]["key"] == "refused"
    now = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    text = plan.read_text().splitlines()
    text[4] = f"known_on = {now}"
    plan.write_text("\n".join(text).replace("stack-totals", "stack-totals-2"))
    running.choso("evaluate", "register", str(plan))
    until = time.monotonic() + patient(60)
    while True:
        said = json.loads(running.choso("evaluate", "run", str(plan), "--format", "json"))
        if said["registered"]["logged_at"] is not None and said["found"] is not None:
            break
        assert time.monotonic() < until, said
        time.sleep(0.5)
    assert said["outcome"]["source"]["en"] == "totals of whole markets: Kho bạc, card"
    assert 1.8 < said["found"]["effect"]["value"] < 2.2  # 140 of 10 stalls in 7 days
    assert said["found"]["effect"]["p"] <= 0.02
    # Its cut-off is still to come, and the weeks after the start were over: both are told.
    assert [d["is_substantial"] for d in said["departures"]] == [False, True]
    assert said["verdict"]["key"] == "departed"
    explained = running.choso("--language", "vi", "evaluate", "explain", str(plan))
    assert "thứ tự bắt đầu của các điểm không được bốc thăm" in explained
