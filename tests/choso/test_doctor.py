"""`choso doctor` is not well with a topic whose records carry their producers' times."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from choso import doctor
from choso.compose import Choso
from infra.clickhouse import Store
from infra.embedded.broker import Broker
from infra.errors import ChosoError
from infra.kafka import TopicSpec, apply_topics
from infra.settings import KafkaSettings, Settings, StoreSettings
from tests.consumers.sink.test_sink import credit
from tests.engine import NOW, FixedClock, land, records


def test_a_topic_with_producers_times_is_wrong(broker: Broker) -> None:
    kafka = KafkaSettings(bootstrap=broker.bootstrap, topic_prefix="doctored")
    choso = Choso(Settings(_env_file=None, kafka=kafka))
    payments, *others = choso.topic_specs
    theirs = {**payments.configs, "message.timestamp.type": "CreateTime"}
    apply_topics(
        choso.kafka_config,
        [TopicSpec(payments.name, payments.partition_count, 1, theirs), *others],
    )
    with pytest.raises(ChosoError, match=r"timestamp\.type is CreateTime, not LogAppendTime"):
        doctor._kafka(choso)


def test_a_record_of_the_future_is_wrong(store: Store, store_database_dsn: str) -> None:
    settings = Settings(_env_file=None, store=StoreSettings(dsn=SecretStr(store_database_dsn)))
    choso = Choso(settings, FixedClock())
    assert "nothing" in doctor._clocks(choso)
    land(store, records([credit(1)], 0, NOW))
    assert "2026-06-30" in doctor._clocks(choso)
    land(store, records([credit(2)], 1, NOW + timedelta(minutes=5)))
    with pytest.raises(ChosoError, match="300 s after what this machine's clock says"):
        doctor._clocks(choso)
