"""The real broker and the real store on loopback, as `choso up` starts them.

Every data set has topics of its own (a prefix) and a database of its own, so that one store serves
measures side by side.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from pydantic import SecretStr

from choso.compose import Choso
from choso.status import read_status
from infra.embedded import child
from infra.embedded.stack import DataDir, broker_role, store_role
from infra.embedded.supervisor import Supervisor
from infra.kafka import apply_topics
from infra.migrations import apply
from infra.settings import KafkaSettings, Settings, StoreSettings

STOP_S_MAX = 30.0
ROLE_READY_S_MAX = 60.0
POLL_S = 0.005


@dataclass
class Rig:
    """A running broker and store. `pids` has both; they die with this process."""

    data_dir: DataDir
    settings: Settings
    supervisor: Supervisor = field(init=False)
    bootstrap: str = field(init=False)
    _dsn: str = field(init=False)

    def __post_init__(self) -> None:
        embedded = self.settings.embedded
        broker, self.bootstrap = broker_role(self.data_dir, embedded)
        store, dsn, password_file = store_role(self.data_dir, embedded)
        self._dsn = dsn.replace("default@", f"default:{password_file.read_text().strip()}@", 1)
        self.supervisor = Supervisor(
            [broker, store],
            log_dir=self.data_dir.log_dir,
            restart_wait_ms_max=embedded.restart_wait_ms_max,
            stop_wait_s_max=STOP_S_MAX,
        )

    @property
    def broker_pid(self) -> int:
        return self.supervisor.pids["broker"]

    @property
    def store_pid(self) -> int:
        return self.supervisor.pids["store"]

    def place(self, prefix: str, database: str) -> Choso:
        """The composition for topics of this prefix and this database, which must exist."""
        dsn = f"{self._dsn.removesuffix('/default')}/{database}"
        kafka = KafkaSettings(bootstrap=self.bootstrap, topic_prefix=prefix)
        home = self.data_dir.path / "roles" / f"{prefix}-{database}"
        return Choso(
            self.settings.model_copy(
                update={
                    "data_dir": home,
                    "kafka": kafka,
                    "store": StoreSettings(dsn=SecretStr(dsn)),
                }
            )
        )

    def fresh(self, prefix: str, database: str) -> Choso:
        """The same with an empty database and the schema in it; topics are made where missing."""
        with self.place(prefix, "default").store() as root:
            root.command(f"DROP DATABASE IF EXISTS {database} SYNC")
            root.command(f"CREATE DATABASE {database}")
        choso = self.place(prefix, database)
        self.topics(choso)
        with choso.store() as store:
            apply(store, choso.migrations, choso.clock.now())
        return choso

    def topics(self, choso: Choso) -> None:
        """The topics of this prefix, made where they are missing."""
        apply_topics(choso.kafka_config, choso.topic_specs)

    def drop(self, database: str) -> None:
        """Throw a database away."""
        with self.place("none", "default").store() as root:
            root.command(f"DROP DATABASE IF EXISTS {database} SYNC")


@contextmanager
def running_rig(root: Path) -> Iterator[Rig]:
    """A started broker and store in `root`, stopped at the end."""
    data_dir = DataDir(root / "stack")
    data_dir.lock()
    try:
        rig = Rig(data_dir, Settings(_env_file=None, log_format="json"))
        rig.supervisor.start()
        try:
            yield rig
        finally:
            rig.supervisor.stop()
    finally:
        data_dir.unlock()


@contextmanager
def running_role(choso: Choso, name: str, **environment: str) -> Iterator[Popen[bytes]]:
    """A role of `choso` as a process of its own; SIGTERM at the end, which it must obey cleanly."""
    home = choso.settings.data_dir
    home.mkdir(parents=True, exist_ok=True)
    status = choso.status_file(name)
    status.unlink(missing_ok=True)
    dsn = choso.settings.store.dsn
    assert dsn is not None and choso.settings.kafka.bootstrap is not None
    env = {
        "CHOSO_DATA_DIR": str(home),
        "CHOSO_KAFKA__BOOTSTRAP": choso.settings.kafka.bootstrap,
        "CHOSO_KAFKA__TOPIC_PREFIX": choso.settings.kafka.topic_prefix,
        "CHOSO_STORE__DSN": dsn.get_secret_value(),
        "CHOSO_LOG_FORMAT": "json",
        "PYTHONPATH": str(Path(__file__).parents[1]),
        **environment,
    }
    log_file = home / f"{name}.log"
    with log_file.open("ab") as log:
        process = child.spawn([sys.executable, "-m", "choso.main", name], log=log, env=env)
    try:
        until = time.monotonic() + ROLE_READY_S_MAX
        while not status.exists():
            assert process.poll() is None, f"{name} ended: {log_file.read_text()[-2_000:]}"
            assert time.monotonic() < until, f"{name}: not ready after {ROLE_READY_S_MAX:g} s"
            time.sleep(POLL_S)
        yield process
    finally:
        code = child.stop(process, stop_wait_s_max=STOP_S_MAX)
        assert code in (0, -15), f"{name} ended with {code}: {log_file.read_text()[-2_000:]}"


def wait_inserted(choso: Choso, process: Popen[bytes], count: int, *, s_max: float) -> None:
    """Wait until the sink says that it has inserted so many records."""
    until = time.monotonic() + s_max
    while (found := read_status(choso.status_file("sink")).get("inserted_total", 0)) < count:
        assert process.poll() is None, "the sink ended"
        assert time.monotonic() < until, f"{found} of {count} records after {s_max:g} s"
        time.sleep(POLL_S)


def clean_environment() -> None:
    """Measure the defaults, whatever this shell has set for other work."""
    for name in [name for name in os.environ if name.startswith("CHOSO_")]:
        del os.environ[name]
