"""Plans and registrations: one canonical hash, a log that shows every change, every departure."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from consumers.evaluation.ask import registered_plans
from consumers.evaluation.plan import Plan, parse_plan, read_plan
from consumers.evaluation.registration import (
    compare,
    read_log,
    register,
    registered_plan,
)
from consumers.language.language import languages
from infra.errors import Refused
from tests.evaluation.pilots import plan_of

EN = languages()["en"]
NOW = datetime(2025, 12, 1, tzinfo=UTC)
AFTER = datetime(2027, 2, 1, tzinfo=UTC)
TEXT = """
id = "halong-2026"
title = "Ba chợ thí điểm ở Hạ Long"
estimator = "did"
known_on = 2026-12-01T00:00:00+07:00

[outcome]
metric = "payments"

[window]
first_week = 2026-01-05
start_week = 2026-07-06
last_week = 2026-11-16

[markets]
pilots = ["HL1", "HL2", "CD"]
comparisons = ["C1", "C2", "C3", "C4"]

[assignment]
how = "do Sở chọn"

[thresholds]
effect_min = 0.05
"""


def parsed(text: str = TEXT) -> Plan:
    return parse_plan(text, subject="PLAN.toml")


def test_the_hash_is_of_the_meaning_and_of_every_default() -> None:
    plan = parsed()
    shuffled = TEXT.replace('id = "halong-2026"\n', "").replace(
        "[outcome]", 'id = "halong-2026"  # moved\n\n[outcome]'
    )
    spelled_out = TEXT + "alpha = 0.05\n\n[running]\nseed = 1\n"
    assert parsed(shuffled).digest() == parsed(spelled_out).digest() == plan.digest()
    assert parsed(TEXT.replace("0.05", "0.06")).digest() != plan.digest()
    said = json.loads(plan.canonical())
    assert said["thresholds"]["alpha"] == 0.05 and said["running"]["permutations"] == 9_999


@pytest.mark.parametrize(
    ("old", "new", "field", "cause"),
    [
        ("2026-07-06", "2026-07-07", "window", "not a Monday"),
        ("2026-12-01T00:00:00+07:00", "2026-11-20T00:00:00+07:00", "plan", "is over on 2026-11-23"),
        ("2026-12-01T00:00:00+07:00", "2026-12-01T00:00:00", "plan", "offset"),
        ('"C4"', '"CD"', "markets", "named twice"),
        ('"did"', '"magic"', "estimator", "did"),
        ('how = "do Sở chọn"', 'how = "x y z"\nis_randomised = true', "assignment", "seed"),
        ('metric = "payments"', 'metric = "payments"\nsource = "market_total"', "outcome", "both"),
        ("effect_min", "effect_most", "thresholds.effect_m", ""),
        ("[outcome]", "[outcome", "not TOML", ""),
    ],
)
def test_what_is_wrong_is_said_by_field(old: str, new: str, field: str, cause: str) -> None:
    with pytest.raises(Refused, match=field) as refused:
        parsed(TEXT.replace(old, new))
    assert cause in str(refused.value) and "PLAN.toml" in str(refused.value)


def test_a_plan_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="not readable"):
        read_plan(tmp_path / "none.toml")


def test_registering_again_is_the_same_registration(tmp_path: Path) -> None:
    first = register(tmp_path, parsed(), now=NOW)
    again = register(tmp_path, parsed(), now=NOW + timedelta(days=9))
    other = register(tmp_path, parsed(TEXT.replace("0.05", "0.06")), now=NOW)
    assert again == first and (first.number, other.number) == (1, 2)
    assert read_log(tmp_path) == [first, other]
    assert registered_plan(tmp_path, first) == parsed()


def test_the_plans_that_bind_are_the_first_ones(tmp_path: Path) -> None:
    other = parsed(TEXT.replace("halong-2026", "uong-bi"))
    for plan in (parsed(), parsed(TEXT.replace("0.05", "0.06")), other):
        register(tmp_path, plan, now=NOW)
    assert registered_plans(tmp_path) == (parsed(), other)
    assert registered_plans(tmp_path / "none") == ()


def altered(folder: Path, how: str) -> None:
    log = folder / "log.jsonl"
    lines = log.read_text().splitlines()
    first = json.loads(lines[0])
    plans = sorted(folder.glob("*.json"))
    if how == "a date":
        first["at"] = "2020-01-01T00:00:00+00:00"
        lines[0] = json.dumps(first, separators=(",", ":"))
    elif how == "a plan":
        path = folder / f"{first['digest']}.json"
        path.write_text(path.read_text().replace("0.05", "0.04"))
    elif how == "a line gone":
        lines = lines[1:]
    elif how == "the last line gone":
        lines = lines[:-1]
    elif how == "lines swapped":
        lines = lines[::-1]
    elif how == "a plan gone":
        plans[0].unlink()
    elif how == "a space":
        lines[0] = lines[0].replace(",", ", ")
    else:
        log.unlink()
        return
    log.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "how",
    [
        "a date",
        "a plan",
        "a line gone",
        "the last line gone",
        "lines swapped",
        "a plan gone",
        "a space",
        "the log gone",
    ],
)
def test_nothing_can_be_altered_unseen(tmp_path: Path, how: str) -> None:
    register(tmp_path, parsed(), now=NOW)
    register(tmp_path, parsed(TEXT.replace("0.05", "0.06")), now=NOW)
    altered(tmp_path, how)
    with pytest.raises(Refused):
        read_log(tmp_path)
    with pytest.raises(Refused):
        register(tmp_path, parsed(TEXT.replace("0.05", "0.07")), now=NOW)


def departures(folder: Path, plan: Plan, now: datetime = AFTER, logged: Any = ()) -> list[str]:
    _, found = compare(folder, plan, now=now, logged=logged)
    return [f"{'!' if d.is_substantial else ''}{EN.render(d.what)}" for d in found]


def test_a_plan_that_was_kept_to_has_no_departure(tmp_path: Path) -> None:
    entry = register(tmp_path, parsed(), now=NOW)
    registered, found = compare(tmp_path, parsed(), now=AFTER, logged=[(entry.digest, NOW)])
    assert found == [] and registered.digest == entry.digest == parsed().digest()
    assert (registered.at, registered.logged_at) == (NOW, NOW)


def test_every_field_that_changed_is_listed(tmp_path: Path) -> None:
    register(tmp_path, parsed(), now=NOW)
    changed = TEXT.replace("0.05", "0.01").replace('"C4"]', '"C4", "C5"]')
    changed = changed.replace("Ba chợ", "Các chợ").replace("2026-01-05", "2026-02-02")
    listed = departures(tmp_path, parsed(changed))
    assert len(listed) == 4
    assert '!markets.comparisons: registered ["C1", "C2", "C3", "C4"], now' in listed[0]
    assert listed[1].startswith("!thresholds.effect_min: registered 0.05, now 0.01")
    assert listed[2].startswith('title: registered "Ba chợ')
    assert listed[3].startswith("!window.first_week")
    # Registering the changed plan afterwards does not make it the one that binds.
    register(tmp_path, parsed(changed), now=NOW)
    assert departures(tmp_path, parsed(changed)) == listed
    assert departures(tmp_path, parsed()) == []


def test_unregistered_late_and_early(tmp_path: Path) -> None:
    assert departures(tmp_path, parsed()) == ["!the plan was not registered"]
    register(tmp_path, parsed(), now=datetime(2026, 8, 20, tzinfo=UTC))
    early = departures(tmp_path, parsed(), now=datetime(2026, 11, 25, tzinfo=UTC))
    assert early == [
        "registered when 6 weeks since the start were over: figures may have been seen",
        "!run before the registered cut-off 01/12/2026: figures may still change",
    ]


def test_files_made_anew_do_not_agree_with_the_ledger(tmp_path: Path) -> None:
    """Everything was deleted and registered again with another threshold and an old date."""
    real = parsed()
    forged = parsed(TEXT.replace("0.05", "0.01"))
    register(tmp_path, forged, now=NOW)
    ledger = [(real.digest(), NOW + timedelta(minutes=1)), (forged.digest(), AFTER)]
    [said] = departures(tmp_path, forged, logged=ledger)
    assert said.startswith(f"!the ledger holds {real.digest()[:12]}")
    backdated = [(forged.digest(), NOW + timedelta(days=200))]
    assert len(departures(tmp_path, forged, logged=backdated)) == 1
    assert departures(tmp_path, forged, logged=[(forged.digest(), NOW)]) == []


def test_any_two_plans_differ_exactly_where_they_do() -> None:
    plan = plan_of()
    assert plan.differences(plan) == []
    other = plan.model_copy(
        update={"running": plan.running.model_copy(update={"seed": 9, "block_weeks": 2})}
    )
    assert plan.differences(other) == [("running.block_weeks", 4, 2), ("running.seed", 1, 9)]
