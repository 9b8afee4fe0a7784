"""A stack: broker, store and roles side by side, up in order, down in reverse order."""

import json
import os
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from choso.compose import Choso
from choso.log_restore import needs_restore, restore_logs
from choso.status import read_status
from infra.embedded.files import write_whole
from infra.embedded.stack import StackAddress, broker_role, store_role
from infra.embedded.supervisor import Halt, Role, Supervisor
from infra.failpoint import reach
from infra.kafka import apply_topics
from infra.log import get_logger
from infra.migrations import apply

log = get_logger("up")
ROLES = ("sink", "fold", "web", "gateway", "watch")
READY_S_MAX = 180.0
PROBE_S_MAX = 2.0
INSTANCE_ID_LENGTH = 12


@dataclass
class Stack:
    """The supervisor of a stack, and the addresses that other commands read."""

    choso: Choso
    attach: bool
    supervisor: Supervisor = field(init=False)
    address: StackAddress = field(init=False)
    _prepared: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        embedded = self.choso.settings.embedded
        self.supervisor = Supervisor(
            [*self._parts(), *(self._role(name) for name in ROLES)],
            log_dir=self.choso.data_dir.log_dir,
            restart_wait_ms_max=embedded.restart_wait_ms_max,
            stop_wait_s_max=embedded.stop_wait_s_max,
            on_halt=self.note_halt,
        )

    def note_halt(self, halt: Halt) -> None:
        """Say in a role's status file that it halted, until it is started again."""
        said = json.dumps({"halted": f"exit code {halt.exit_code}: {halt.last_lines}"})
        write_whole(self.choso.status_file(halt.role), said)

    def _parts(self) -> list[Role]:
        """The embedded broker and store; none of them where settings name both."""
        if self.attach:
            self.address = StackAddress(os.getpid(), self.choso.bootstrap, "", "")
            return []
        data_dir, embedded = self.choso.data_dir, self.choso.settings.embedded
        broker, bootstrap = broker_role(data_dir, embedded)
        store, dsn, password_file = store_role(
            data_dir, embedded, failpoint=self.choso.settings.failpoint
        )
        self.address = StackAddress(os.getpid(), bootstrap, dsn, str(password_file))
        return [broker, store]

    def _role(self, name: str) -> Role:
        status = self.choso.status_file(name)

        def prepare() -> None:
            self._prepare_once()
            status.unlink(missing_ok=True)

        return Role(
            name=name,
            argv=[sys.executable, "-m", "choso.main", name],
            ready=(lambda: answers(self._address_of(name))) if is_http(name) else status.exists,
            env={"CHOSO_DATA_DIR": str(self.choso.data_dir.path), **self._env(name)},
            prepare=prepare,
            ready_s_max=READY_S_MAX,
        )

    def _env(self, name: str) -> dict[str, str]:
        """What only the supervisor knows of a role."""
        if is_http(name):
            port = {f"CHOSO_{name.upper()}__PORT": str(self._port(name))}
            is_open = name == "web" and not self.choso.settings.web.sign_in
            return port | ({"CHOSO_WEB__SIGN_IN": "false"} if is_open else {})
        if name == "sink":
            # Not a secret, but kept like one: no two data directories must have the same.
            own = self.choso.data_dir.secret("sink_instance")[:INSTANCE_ID_LENGTH]
            given = self.choso.settings.sink.instance_id
            return {"CHOSO_SINK__INSTANCE_ID": given or f"sink-{own}"}
        return {}

    def _port(self, name: str) -> int:
        """The port that settings name, else the role's own of this data directory."""
        given = getattr(self.choso.settings, name).port
        return given or self.choso.data_dir.port(name)

    def _address_of(self, name: str) -> str:
        return str(read_status(self.choso.status_file(name)).get("address", ""))

    def _prepare_once(self) -> None:
        """Between the parts and the roles: the address for others, topics, and the schema."""
        if self._prepared:
            return
        if not self.attach:
            self.choso.data_dir.write_stack(self.address)
            reach("stack.before_topics")
            apply_topics(self.choso.kafka_config, self.choso.topic_specs)
            with self.choso.store() as store:
                apply(store, self.choso.migrations, self.choso.clock.now())
                cut = needs_restore(self.choso, store)
            if cut:  # before any role runs: nothing writes to this broker but us
                log.warning("log.cut", logs=cut, cause="they are restored from the store")
                restore_logs(self.choso, say=lambda line: log.warning("log.restored", said=line))
        self._prepared = True

    def tell(self) -> None:
        """Keep the addresses and pids current, for every other command."""
        told = replace(
            self.address,
            web=self._address_of("web") or None,
            gateway=self._address_of("gateway") or None,
            pids=self.supervisor.pids,
        )
        if told != self.address:
            with suppress(OSError):  # a full disk must not stop what runs: told at the next look
                self.choso.data_dir.write_stack(told)
                self.address = told

    def run(self, *, each: Callable[[], bool] = lambda: False) -> None:
        """Keep all running until Ctrl-C, SIGTERM, or `each` (called often) says True."""

        def look() -> bool:
            self.tell()
            return each()

        self.supervisor.run(until=look)


@contextmanager
def running_stack(choso: Choso, *, attach: bool) -> Iterator[Stack]:
    """A started stack, which this process owns; everything is stopped at the end."""
    choso.data_dir.lock()
    try:
        stack = Stack(choso, attach)
        try:
            stack.supervisor.start()
            stack.tell()
            yield stack
        finally:
            stack.supervisor.stop()
            choso.data_dir.remove_stack()
    finally:
        choso.data_dir.unlock()


def is_http(name: str) -> bool:
    """Whether the role listens."""
    return name in {"web", "gateway"}


def answers(address: str) -> bool:
    """Whether an HTTP role is alive."""
    if not address:
        return False
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=PROBE_S_MAX) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except OSError:
        return False
