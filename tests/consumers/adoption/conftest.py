"""Stores with 520 cities each: of fifteen weeks for metrics over vendors, of three for others."""

from collections.abc import Iterator

import pytest

from tests.consumers.adoption import laying
from tests.consumers.adoption.cities import random_city
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


@pytest.fixture(scope="session")
def laid(store_dsn: str) -> Iterator[laying.Laid]:
    with store_client(store_dsn) as root:
        root.command("CREATE DATABASE plain_cities")
        with store_client(store_dsn.removesuffix("/default") + "/plain_cities") as store:
            yield laying.Laid(store, [random_city(7, n) for n in range(laying.CITIES)])
        root.command("DROP DATABASE plain_cities")
