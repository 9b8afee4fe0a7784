"""Pre-registrations: a plan in its canonical form under its hash, in a log whose lines each hold
the hash of the line before. Nothing is ever changed or removed.

Whoever rewrites a plan, a date or the log breaks a hash, and every later command refuses to go on.
The plan's hash also goes into the ledger's own log (a registry fact), where the broker dates it: so
files that were made anew as a whole, with hashes that fit, still do not agree with the ledger.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from consumers.evaluation.plan import Plan
from consumers.evaluation.result import Departure, Registered
from infra.embedded.files import write_whole
from infra.errors import Refused
from schemas.message import Day, Instant, Message, Name, counted

# Fields that steer the computation only: to change them changes no conclusion that was promised.
UNSUBSTANTIAL = ("running.placebo_runs", "running.bootstrap_runs", "title")
LINES_MAX = 10_000
CLOCKS_APART_S_MAX = 86_400


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `previous` is the SHA-256 of the line before, '' for the first one."""

    number: int
    at: str
    id: str
    digest: str
    previous: str


def register(folder: Path, plan: Plan, *, now: datetime) -> Entry:
    """Keep the plan; again the same plan is the entry that it has. Refused: the log was altered."""
    entries = read_log(folder)
    digest = plan.digest()
    for entry in entries:
        if entry.digest == digest:
            return entry
    if len(entries) >= LINES_MAX:
        raise Refused(f"{folder}: {LINES_MAX} registrations are the most that one place keeps")
    previous = _line_hash(entries[-1]) if entries else ""
    entry = Entry(len(entries) + 1, now.isoformat(timespec="seconds"), plan.id, digest, previous)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / f"{digest}.json", plan.canonical().decode() + "\n")
    lines = [_line(each) for each in [*entries, entry]]
    write_whole(folder / "log.jsonl", "\n".join(lines) + "\n")
    return entry


def read_log(folder: Path) -> list[Entry]:
    """All entries, each checked against the one before it and against the plan that it names."""
    path = folder / "log.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    entries: list[Entry] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            entry = Entry(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise Refused(f"{path}:{number}: not a registration: {error}") from None
        expected = _line_hash(entries[-1]) if entries else ""
        if entry.number != number or entry.previous != expected or _line(entry) != line:
            raise Refused(f"{path}:{number}: the log of registrations was altered before this line")
        _check_plan(folder, entry)
        entries.append(entry)
    named = {entry.digest for entry in entries}
    for plan in sorted(folder.glob("*.json")):
        if plan.stem not in named:
            raise Refused(f"{path}: a line is gone: {plan.name} is there and no line names it")
    return entries


def _check_plan(folder: Path, entry: Entry) -> None:
    path = folder / f"{entry.digest}.json"
    try:
        kept = path.read_bytes().removesuffix(b"\n")
    except OSError as error:
        raise Refused(f"{path}: the registered plan is not there: {error}") from None
    if sha256(kept).hexdigest() != entry.digest:
        raise Refused(f"{path}: the registered plan was altered: its hash is not {entry.digest}")


def registered_plan(folder: Path, entry: Entry) -> Plan:
    """The plan of an entry, as it was registered."""
    return Plan.model_validate_json((folder / f"{entry.digest}.json").read_bytes())


def compare(
    folder: Path, plan: Plan, *, now: datetime, logged: Sequence[tuple[str, datetime]]
) -> tuple[Registered, list[Departure]]:
    """Which registration binds the plan, and how the plan departs from it.

    The first registration under the plan's id binds: a later one of another form is a departure.
    `logged` are the hashes that the ledger holds under this id, with their times, first ones first.
    """
    entries = [entry for entry in read_log(folder) if entry.id == plan.id]
    digest = plan.digest()
    if not entries:
        nothing = Departure(Message("departure.not_registered"), is_substantial=True)
        return Registered(plan.id, plan.title, digest, None, None), [nothing]
    first = entries[0]
    at = datetime.fromisoformat(first.at)
    departures = [
        _changed(name, before, after)
        for name, before, after in registered_plan(folder, first).differences(plan)
    ]
    departures += _late(plan, at) + _early(plan, now)
    departures += _disagreement(first, at, logged)
    logged_at = dict(logged).get(first.digest)
    return Registered(plan.id, plan.title, first.digest, at, logged_at), departures


def _disagreement(
    first: Entry, at: datetime, logged: Sequence[tuple[str, datetime]]
) -> list[Departure]:
    """What the ledger says otherwise. A ledger that knows nothing of the plan says nothing."""
    if not logged:
        return []
    digest, logged_at = logged[0]
    if digest == first.digest and abs((logged_at - at).total_seconds()) <= CLOCKS_APART_S_MAX:
        return []
    said = Message(
        "departure.ledger_disagrees",
        in_ledger=Name(digest[:12]),
        logged_at=Instant(logged_at),
        in_file=Name(first.digest[:12]),
        at=Instant(at),
    )
    return [Departure(said, is_substantial=True)]


def _changed(name: str, before: object, after: object) -> Departure:
    said = Message(
        "departure.field_changed",
        field=Name(name),
        before=Name(_short(before)),
        after=Name(_short(after)),
    )
    return Departure(said, is_substantial=name not in UNSUBSTANTIAL)


def _late(plan: Plan, at: datetime) -> list[Departure]:
    """Weeks after the start that were over when the plan was registered may have been looked at."""
    start = min(plan.markets.starts.get(m, plan.window.start_week) for m in plan.markets.pilots)
    seen = max(0, (at.astimezone(plan.known_on.tzinfo).date() - start).days // 7)
    if seen == 0:
        return []
    return [Departure(counted("departure.registered_late", seen), is_substantial=False)]


def _early(plan: Plan, now: datetime) -> list[Departure]:
    if now >= plan.known_on:
        return []
    said = Message("departure.run_early", cut_off=Day(plan.known_on.date()))
    return [Departure(said, is_substantial=True, is_early=True)]


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:80]


def _line(entry: Entry) -> str:
    return json.dumps(asdict(entry), ensure_ascii=False, separators=(",", ":"))


def _line_hash(entry: Entry) -> str:
    return sha256(_line(entry).encode()).hexdigest()
