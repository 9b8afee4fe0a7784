"""verify and rebuild against the running stack."""

import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from choso.compose import Choso
from choso.status import StatusFile
from consumers.verify.findings import VerifyReport
from consumers.verify.heal import heal as mend
from consumers.verify.log import KafkaLogs
from consumers.verify.rebuild import empty_derived, rebuild_records
from consumers.verify.verify import Verifier
from infra.clickhouse import Store, connect
from infra.dsn import with_database
from infra.migrations import apply, drift, ledger_problems, restate
from infra.migrations import status as schema_status

REBUILD_WAIT_S_MAX = 30.0  # without any progress
HEAL_ROUNDS_MAX = 3  # the fold may put a day back that was just being mended
SCRATCH_DAYS_MAX = 1  # a scratch database that is older was left by a crash
SCRATCH = "_verify_"


def verifier(
    choso: Choso, store: Store, *, settle_s_max: float, scratch: Store | None = None
) -> Verifier:
    """A verifier of the store and of the log behind it."""
    return Verifier(
        store=store,
        settings=choso.settings.fold,
        logs=KafkaLogs(choso.kafka_config, choso.shapes, choso.settings.sink.batch_records_max),
        settle_s_max=settle_s_max,
        schema_problems=lambda: schema_problems(choso, store, scratch),
        scratch=scratch,
    )


def schema_problems(choso: Choso, store: Store, scratch: Store | None = None) -> list[str]:
    """What of the schema is not as this program makes it, or is not said to be."""
    found = [
        f"migration {state.name} is {state.state}"
        for state in schema_status(store, choso.migrations)
        if state.state != "applied"
    ]
    found += ledger_problems(store, choso.migrations)
    return found + (drift(store, scratch) if scratch else [])


@contextmanager
def scratch_store(choso: Choso, store: Store) -> Iterator[Store]:
    """An empty database beside the store's, of the same schema, for this run alone.

    Refused where the user may not create databases.
    """
    [(database,)] = store.query("SELECT currentDatabase()")
    now = choso.clock.now()
    oldest = f"{database}{SCRATCH}{now - timedelta(days=SCRATCH_DAYS_MAX):%Y%m%d%H%M%S}"
    for (left,) in store.query(LEFT, {"prefix": f"{database}{SCRATCH}", "oldest": oldest}):
        store.command(DROP, {"name": left})
    name = f"{database}{SCRATCH}{now:%Y%m%d%H%M%S}_{secrets.token_hex(4)}"
    store.command("CREATE DATABASE {name:Identifier}", {"name": name})
    try:
        client = connect(with_database(choso.dsn, name), settings=choso.settings.store)
        try:
            apply(client, choso.migrations, now)
            yield client
        finally:
            client.close()
    finally:
        store.command(DROP, {"name": name})


LEFT = """
SELECT name FROM system.databases
WHERE startsWith(name, {prefix:String}) AND name < {oldest:String}
"""
DROP = "DROP DATABASE {name:Identifier}"


def run_verify(
    choso: Choso, *, heal: bool, settle_s_max: float, quick: bool = False
) -> tuple[VerifyReport, list[str]]:
    """Verify, and with `heal` mend and verify again; the report and its lines for a person.

    `quick` leaves out the comparison of every record with the log.
    """
    lines: list[str] = []
    with choso.store() as store:
        if quick:
            report = _verify(choso, verifier(choso, store, settle_s_max=settle_s_max), heal, lines)
        else:
            with scratch_store(choso, store) as scratch:
                check = verifier(choso, store, settle_s_max=settle_s_max, scratch=scratch)
                report = _verify(choso, check, heal, lines)
    lines += report_lines(report)
    status = StatusFile(choso.status_file("verify"), choso.clock)
    status({"ok": report.ok, "findings": len(report.findings), "days": report.days_checked})
    return report, lines


def _verify(choso: Choso, check: Verifier, heal: bool, lines: list[str]) -> VerifyReport:
    report = check.run()
    for _ in range(HEAL_ROUNDS_MAX if heal else 0):
        if report.ok:
            break
        lines += [f"found    {finding}" for finding in report.findings]
        healed = mend(check.store, report.findings, check.logs, choso.clock)
        lines.append(
            f"healed   {healed.reloaded} records read again from the log,"
            f" {len(healed.refolded)} days to be folded again"
        )
        left = [finding for finding in healed.left if not _restated(choso, check, finding.check)]
        lines += [f"left     {finding}" for finding in left]
        report = check.run()
        if left and len(left) == len(report.findings):
            break
    return report


def _restated(choso: Choso, check: Verifier, what: str) -> bool:
    """Whether `schema_migration` could be written anew: the schema itself is as it should be."""
    if what != "schema" or check.scratch is None or drift(check.store, check.scratch):
        return False
    restate(check.store, choso.migrations, choso.clock.now())
    return True


def report_lines(report: VerifyReport) -> list[str]:
    """The outcome for a person."""
    tally = report.tally
    parts = f"{tally.applied_count} applied + {tally.duplicate_count} duplicate"
    lines = [f"wrong    {finding}" for finding in report.findings]
    lines += [f"note     {note}" for note in report.notes]
    lines += [
        f"records  {tally.received_count} received = {parts} + {tally.rejected_count} rejected",
        f"log      {report.offsets_covered} offsets covered",
        f"log      {report.records_compared} records compared with it and judged anew",
        f"figures  {report.days_checked} days recomputed",
        f"sources  {report.deliveries_proven} deliveries are what they said they were",
    ]
    if report.ok:
        return [*lines, "verified: every figure is what the evidence says"]
    advice = "`choso verify --heal` mends what it can, and says what is left"
    return [*lines, f"not verified: {len(report.findings)} findings: {advice}"]


def run_rebuild(choso: Choso, *, from_log: bool) -> tuple[VerifyReport, list[str]]:
    """Have what is derived made again, with `from_log` the records too, and verify the outcome.

    Where no sink of ours could be started again, what is missing is read from the log here.
    """
    with choso.store() as store, scratch_store(choso, store) as scratch:
        check = verifier(choso, store, settle_s_max=REBUILD_WAIT_S_MAX, scratch=scratch)
        lines: list[str] = []
        if from_log:
            assert check.logs is not None
            try:
                rebuilt = rebuild_records(store, scratch, check.logs)
            finally:
                restart_sink(choso)
            lines.append(f"rebuilt  {rebuilt.records} records from the log")
            lines += [f"kept     {place}: the broker has it no more" for place in rebuilt.kept]
        empty_derived(store)
        report = _verify(choso, check, from_log, lines)
    return report, lines + report_lines(report)


def restart_sink(choso: Choso) -> None:
    """Have the supervisor start the sink again: it then asks the store what it holds."""
    stack = choso.stack
    if stack is not None and (pid := stack.pids.get("sink")):
        os.kill(pid, signal.SIGTERM)
