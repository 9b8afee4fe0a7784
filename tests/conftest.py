"""Fixtures that every test folder may use: one real store for the session, databases of its own."""

import os
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from infra.clickhouse import Store

with warnings.catch_warnings():
    # kafka-python 3.0.12 reads its message schemas by a deprecated call when it is imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    import kafka
    import kafka.admin
    import kafka.protocol.consumer

from infra.embedded.broker import Broker
from infra.embedded.child import tie_to_parent
from tests.databases import Databases
from tests.parts import running_broker, store_client, store_server

assert kafka

# The phase that explains a failure traces every line of every example: most of the suite's time.
# How long an example takes says nothing on a busy machine.
settings.register_profile(
    "choso",
    phases=[phase for phase in Phase if phase is not Phase.explain],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("choso")

# What shares a city that takes half a minute to fill: one worker has all of it, and fills it once.
TOGETHER = ("tests/web/", "tests/consumers/adoption/", "tests/evaluation/")
# What runs for minutes: begun first, so that no worker waits alone for it at the end.
LONG = (
    "tests/laws/test_kills_random.py",
    "tests/web/",
    "tests/laws/test_kills_points.py",
    "tests/consumers/adoption/",
    "tests/choso/test_demo.py",
    "tests/choso/test_whole_path.py",
    "tests/choso/test_command.py",
    "tests/laws/test_kills_cluster.py",
    "tests/laws/test_recreated.py",
    "tests/reports/test_documents.py",
    "tests/evaluation/",
)


def pytest_configure(config: pytest.Config) -> None:
    """A worker ends with the process that started it, and so does all that it has started."""
    if hasattr(config, "workerinput"):
        tie_to_parent(os.getppid())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first; all else as it was collected."""
    items.sort(
        key=lambda item: LONG.index(unit) if (unit := unit_of(item.nodeid)) in LONG else len(LONG)
    )


def unit_of(nodeid: str) -> str:
    """What one worker has whole: a folder of TOGETHER, or a file."""
    file, *_ = nodeid.split("::", maxsplit=1)
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


class UnitScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each worker the next unit, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """In place of what `--dist` names."""
    config.option.loadscopereorder = False
    return UnitScheduling(config, log)


@pytest.fixture(scope="session")
def store_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DSN of the session's store; its database `default` is nobody's."""
    with store_server(tmp_path_factory.mktemp("store") / "db") as server:
        yield server.dsn


@pytest.fixture(scope="session")
def databases(store_dsn: str) -> Iterator[Databases]:
    """Databases of the session's store."""
    with store_client(store_dsn) as root:
        yield Databases(store_dsn, root)


@pytest.fixture
def store_database_dsn(databases: Databases) -> Iterator[str]:
    """The DSN of a database that has the schema and nothing in it."""
    with databases.lent() as dsn:
        yield dsn


@pytest.fixture
def store(store_database_dsn: str) -> Iterator[Store]:
    """A client of a database that has the schema and nothing in it."""
    with store_client(store_database_dsn) as client:
        yield client


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The session's broker: name topics by your test; whoever kills it starts one of his own."""
    with running_broker(tmp_path_factory.mktemp("broker") / "node") as node:
        yield node
