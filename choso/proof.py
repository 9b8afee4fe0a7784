"""verify and rebuild against the running stack."""

import os
import signal

from choso.compose import Choso
from choso.status import StatusFile
from consumers.verify.findings import Report
from consumers.verify.heal import heal as mend
from consumers.verify.log import KafkaLogs
from consumers.verify.rebuild import empty
from consumers.verify.verify import Verifier
from infra.clickhouse import Store
from infra.migrations import status as schema_status

REBUILD_WAIT_S_MAX = 3_600.0


def verifier(choso: Choso, store: Store, *, settle_s_max: float) -> Verifier:
    """A verifier of the store and of the log behind it."""
    return Verifier(
        store=store,
        settings=choso.settings.fold,
        logs=KafkaLogs(choso.kafka_config, choso.shapes, choso.settings.sink.batch_records_max),
        settle_s_max=settle_s_max,
        schema_problems=lambda: schema_problems(choso, store),
    )


def schema_problems(choso: Choso, store: Store) -> list[str]:
    """Migrations that are not applied as they stand in this program."""
    return [
        f"migration {state.name} is {state.state}"
        for state in schema_status(store, choso.migrations)
        if state.state != "applied"
    ]


def run_verify(choso: Choso, *, heal: bool, settle_s_max: float) -> tuple[Report, list[str]]:
    """Verify, and with `heal` mend and verify again; the report and its lines for a person."""
    lines: list[str] = []
    with choso.store() as store:
        check = verifier(choso, store, settle_s_max=settle_s_max)
        report = check.run()
        if heal and not report.ok:
            lines += [f"found    {finding}" for finding in report.findings]
            healed = mend(store, report.findings, check.logs)
            lines.append(
                f"healed   {healed.reloaded} records read again from the log,"
                f" {len(healed.refolded)} days to be folded again"
            )
            lines += [f"left     {finding}" for finding in healed.left]
            report = check.run()
    lines += report_lines(report)
    status = StatusFile(choso.status_file("verify"), choso.clock)
    status({"ok": report.ok, "findings": len(report.findings), "days": report.days_checked})
    return report, lines


def report_lines(report: Report) -> list[str]:
    """The outcome for a person."""
    tally = report.tally
    parts = f"{tally.applied_count} applied + {tally.duplicate_count} duplicate"
    lines = [f"wrong    {finding}" for finding in report.findings]
    lines += [
        f"records  {tally.received_count} received = {parts} + {tally.rejected_count} rejected",
        f"log      {report.offsets_covered} offsets covered",
        f"figures  {report.days_checked} days recomputed",
        "verified: every figure is what the evidence says"
        if report.ok
        else f"not verified: {len(report.findings)} findings",
    ]
    return lines


def run_rebuild(choso: Choso, *, from_log: bool) -> list[str]:
    """Empty what is derived, have the sink start again where it must, and verify the outcome."""
    with choso.store() as store:
        empty(store, from_log=from_log)
        if from_log:
            restart_sink(choso)
        report = verifier(choso, store, settle_s_max=REBUILD_WAIT_S_MAX).run()
    return report_lines(report)


def restart_sink(choso: Choso) -> None:
    """Have the supervisor start the sink again: it then asks the store what it holds."""
    stack = choso.stack
    if stack is not None and (pid := stack.pids.get("sink")):
        os.kill(pid, signal.SIGTERM)
