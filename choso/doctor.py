"""What `choso doctor` says: each setting with its source, each part with its state and version."""

import os
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version

from pydantic import BaseModel, SecretStr

from choso.compose import Choso
from choso.proof import schema_problems
from choso.status import read_status
from choso.up import ROLES, answers
from infra.clickhouse import check_store
from infra.errors import ChosoError
from infra.kafka import apply_topics, show_topics
from infra.settings import Settings

AHEAD_S_MAX = 60.0
NEWEST = "SELECT count() AS records, max(recorded_at) AS newest FROM stored_record"


def examine(choso: Choso) -> tuple[list[str], bool]:
    """Lines for a person, and whether all is well."""
    lines = ["settings"]
    lines += [f"  {line}" for line in setting_lines(choso.settings)]
    lines.append("parts")
    ok = True
    checks: list[tuple[str, Callable[[Choso], str]]] = [
        ("python", _python),
        ("data directory", _data_dir),
        ("kafka", _kafka),
        ("store", _store),
        ("schema", _schema),
        ("clocks", _clocks),
        *((f"role {name}", _role(name)) for name in ROLES),
    ]
    for name, check in checks:
        try:
            lines.append(f"  ok     {name}: {check(choso)}")
        except ChosoError as error:
            ok = False
            lines.append(f"  wrong  {name}: {error}")
    return lines, ok


def setting_lines(settings: Settings) -> Iterator[str]:
    """`name = value   (source)`; secrets are not shown."""
    given = settings.model_fields_set
    for name in type(settings).model_fields:
        yield from _setting(name, getattr(settings, name), "CHOSO_" + name.upper(), name in given)


def _setting(name: str, value: object, variable: str, is_given: bool) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for inner in type(value).model_fields:
            yield from _setting(
                f"{name}.{inner}",
                getattr(value, inner),
                f"{variable}__{inner.upper()}",
                inner in value.model_fields_set,
            )
        return
    source = "default"
    if variable in os.environ:
        source = f"environment {variable}"
    elif is_given:
        source = "flag or .env"
    shown = "(secret)" if isinstance(value, SecretStr) else value
    yield f"{name} = {shown}   ({source})"


def _python(_: Choso) -> str:
    parts = ("faststream", "aiokafka", "kafka-python", "clickhouse-connect", "chdb", "pydantic")
    return f"{platform.python_version()}; " + ", ".join(f"{p} {version(p)}" for p in parts)


def _data_dir(choso: Choso) -> str:
    path = choso.data_dir.path
    stack = choso.stack
    if stack is None:
        return f"{path}: no stack runs in it"
    return f"{path}: stack of process {stack.pid}"


def _kafka(choso: Choso) -> str:
    facts = show_topics(choso.kafka_config, prefix=choso.prefix)
    there = {fact.name for fact in facts}
    missing = [spec.name for spec in choso.topic_specs if spec.name not in there]
    if missing:
        raise ChosoError(
            f"{choso.bootstrap}: topics {', '.join(missing)} are missing: `choso topics apply`"
        )
    changes = apply_topics(choso.kafka_config, choso.topic_specs)
    differences = [f"{c.name}: {d}" for c in changes for d in c.differences]
    if differences:
        raise ChosoError(
            f"{choso.bootstrap}: {'; '.join(differences)}: records there may be lost, or have a"
            " time that the broker did not give: set what differs on the broker"
            " (kafka-configs.sh --alter), or settings to what the topics are meant to have"
        )
    return f"{choso.bootstrap}: {len(facts)} topics"


def _clocks(choso: Choso) -> str:
    """Times of records come from the broker's clock; what is behind cannot be told from quiet."""
    with choso.store() as store:
        [(count, newest)] = store.query(NEWEST)
    now = choso.clock.now()
    if not count:
        return "nothing is recorded yet"
    ahead_s = (newest - now).total_seconds()
    if ahead_s > AHEAD_S_MAX:
        raise ChosoError(
            f"the newest record was recorded at {newest:%Y-%m-%dT%H:%M:%SZ}, {ahead_s:.0f} s after"
            " what this machine's clock says: set the clocks of the broker and of this machine"
        )
    return f"the newest record was recorded at {newest:%Y-%m-%dT%H:%M:%SZ}"


def _store(choso: Choso) -> str:
    with choso.store() as store:
        return f"{store.subject}: ClickHouse {check_store(store)}"


def _schema(choso: Choso) -> str:
    with choso.store() as store:
        wrong = schema_problems(choso, store)
    if wrong:
        raise ChosoError(f"{'; '.join(wrong)}: `choso db migrate`")
    return f"{len(choso.migrations)} migrations applied"


def _role(name: str) -> Callable[[Choso], str]:
    def check(choso: Choso) -> str:
        stack = choso.stack
        pid = stack.pids.get(name) if stack else None
        status = read_status(choso.status_file(name))
        if halted := status.get("halted"):
            raise ChosoError(f"halted, and is not started again by itself: {halted}")
        if pid is None:
            raise ChosoError(
                f"not running: start it with `choso up`; its last words are in"
                f" {choso.data_dir.log_dir / name}.log"
            )
        address = status.get("address")
        if address and not answers(str(address)):
            raise ChosoError(f"process {pid} does not answer at {address}")
        return f"process {pid}" + (f" at {address}" if address else "")

    return check
