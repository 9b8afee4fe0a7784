"""One store with 520 cities over fifteen weeks, for all tests of metrics over vendors."""

from collections.abc import Iterator

import pytest

from tests.consumers.adoption.laid_weeks import CITIES, GAPS, Laid
from tests.consumers.adoption.weeks import random_weeks
from tests.parts import store_client


@pytest.fixture(scope="session")
def laid_weeks(store_dsn: str) -> Iterator[Laid]:
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE vendor_cities")
        with store_client(store_dsn.removesuffix("/default") + "/vendor_cities") as store:
            cities = [random_weeks(11, number) for number in range(CITIES)]
            cities += [random_weeks(11, number, gap=True) for number in range(GAPS)]
            yield Laid(store, cities)
        root.command("DROP DATABASE vendor_cities")
