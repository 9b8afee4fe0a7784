"""The SQL says what the models say: types, lists, patterns and masks are derived and compared."""

import re
from collections.abc import Iterable
from typing import Any, get_args

import pytest
from pydantic import BaseModel, StringConstraints

from schemas import cloudevent, delivery, payment, registry
from schemas.current import TOPICS, topic_text
from schemas.ids import NAMESPACE
from schemas.shapes import shaped, tuple_type

INTAKE, STORED = topic_text("intake"), topic_text("evidence")
PAYMENT, REGISTRY = topic_text("payment_judge"), topic_text("registry_judge")
DELIVERY = topic_text("delivery_judge")
FUNCTIONS, BODIES = topic_text("functions"), topic_text("records")


def squeezed(sql: str) -> str:
    """Without comments, white space and the escapes of quotes inside quotes."""
    return re.sub(r"\s+", "", re.sub(r"--.*", "", sql)).replace("\\'", "'")


@pytest.mark.parametrize("topic", TOPICS)
def test_what_follows_from_the_models_is_as_they_are(topic: str) -> None:
    """Mend with `python -m schemas.generate`."""
    assert shaped(topic_text(topic)) == topic_text(topic)


@pytest.mark.parametrize(
    ("model", "judge", "body_views"),
    [
        (payment.PaymentEvent, PAYMENT, 2),
        (registry.RegistryEvent, REGISTRY, 1),
        (delivery.DeliveryEvent, DELIVERY, 1),
    ],
)
def test_tuple_type_is_the_models(model: type[BaseModel], judge: str, body_views: int) -> None:
    expected = squeezed(tuple_type(model))
    assert squeezed(INTAKE).count(f"event{expected}") == 1
    assert squeezed(judge).count(f"JSONExtract(body,'{expected}')") == 1
    assert squeezed(BODIES).count(f"'{expected}')") == body_views


def words(sql: str) -> list[str]:
    return re.findall(r"'([^']+)'", sql)


def words_after(sql: str, opening: str, closing: str) -> list[str]:
    """The quoted words between two pieces of SQL that must occur."""
    assert opening in sql, opening
    return words(sql.split(opening, 1)[1].split(closing, 1)[0])


def same(found: Iterable[str], expected: Iterable[str]) -> None:
    assert sorted(found) == sorted(expected)


def test_payment_lists() -> None:
    kinds = words_after(PAYMENT, "transform(said.type,", ") AS kind_said")
    assert kinds == [f"{payment.PREFIX}{kind}.v1" for kind in map_order(kinds)] + map_order(kinds)
    same(map_order(kinds), payment.KINDS)
    same(map_order(kinds), get_args(payment.Kind))
    same(words_after(PAYMENT, "d.rail_class NOT IN (", ")"), payment.RAIL_CLASSES)
    same(get_args(payment.RailClass), payment.RAIL_CLASSES)
    same(words_after(PAYMENT, "d.time_precision NOT IN (", ")"), get_args(payment.TimePrecision))
    same(words_after(PAYMENT, "(kind_said IN (", ")"), payment.COMPENSATIONS)
    for table in STORED.split("CREATE TABLE")[1:3]:
        rails = words_after(table, "rail_class Enum8(", ")")
        same(rails, payment.RAIL_CLASSES)
        same(words_after(table, "time_precision Enum8(", ")"), get_args(payment.TimePrecision))
    evidence, compensation = (
        words_after(table, "kind Enum8(", ")") for table in STORED.split("CREATE TABLE")[1:3]
    )
    same(compensation, payment.COMPENSATIONS)
    same(evidence, set(payment.KINDS) - set(payment.COMPENSATIONS))


def map_order(kinds: list[str]) -> list[str]:
    """The second half: what `transform` maps to."""
    return kinds[len(kinds) // 2 : -1] if kinds[-1] == "" else kinds[len(kinds) // 2 :]


def test_registry_lists() -> None:
    assert words_after(REGISTRY, "indexOf([", "]") == list(registry.KINDS)
    same(words_after(REGISTRY, "'supermarket') NOT IN (", ")"), registry.MARKET_KINDS)
    same(get_args(registry.MarketKind), registry.MARKET_KINDS)
    same(words_after(REGISTRY, "'cash') NOT IN (", ")"), get_args(registry.Tender))
    same(words_after(REGISTRY, "'card') NOT IN (", ")"), payment.RAIL_CLASSES)


def test_registry_masks() -> None:
    always = ("source_transaction_id", "effective_from")
    names = [name for name in registry.RegistryData.model_fields if name not in always]
    bits = {name: 1 << place for place, name in enumerate(names)}
    has = " + ".join(f"{bit} * isNotNull(d.{name})" for name, bit in bits.items())
    assert f"{has} AS has" in REGISTRY
    must, may = [], []
    for required, optional in registry.FIELDS.values():
        must.append(sum(bits[name] for name in required))
        may.append(sum(bits[name] for name in required | optional))
    assert f"{must}[k] AS must" in REGISTRY
    assert f"{may}[k] AS may" in REGISTRY


def pattern_of(annotated: Any) -> str:
    """The pattern in the constraints of an annotated string."""
    for constraint in get_args(annotated)[1:]:
        pattern = getattr(constraint, "pattern", None)
        if isinstance(constraint, StringConstraints) or pattern is not None:
            return str(pattern)
        for inner in getattr(constraint, "metadata", ()):
            if getattr(inner, "pattern", None) is not None:
                return str(inner.pattern)
    raise AssertionError(f"{annotated} has no pattern")


@pytest.mark.parametrize(
    ("function", "annotated"),
    [
        ("choso_is_code", cloudevent.Code),
        ("choso_is_reference", cloudevent.Reference),
        ("choso_is_source", cloudevent.Source),
        ("choso_is_source_transaction_id", cloudevent.SourceTransactionId),
    ],
)
def test_patterns(function: str, annotated: Any) -> None:
    assert words_after(FUNCTIONS, f"CREATE OR REPLACE FUNCTION {function} AS", ";") == [
        pattern_of(annotated)
    ]


def test_registry_patterns() -> None:
    for name, annotated in (("account_last4", registry.Last4), ("bank_bin", registry.Bin)):
        assert f"'), '{pattern_of(annotated)}')" in re.sub(
            rf".*match\(coalesce\(d\.{name}, '\w+", "", REGISTRY, flags=re.DOTALL
        )


def test_delivery_lists_and_limits() -> None:
    same(words_after(DELIVERY, "o.outcome IN (", ")"), delivery.OUTCOMES)
    same(get_args(delivery.OutcomeName), delivery.OUTCOMES)
    assert f"({'|'.join(delivery.KINDS)})" in DELIVERY
    assert f"length(d.accounts) > {delivery.ACCOUNTS_MAX} " in DELIVERY
    assert f"length(d.outcomes) > {delivery.OUTCOMES_MAX}," in DELIVERY
    assert pattern_of(delivery.Sha256) in DELIVERY
    assert DELIVERY.count(f"> {delivery.SUM_VND_MAX},") == 2  # balances
    assert f"(o.in_vnd, o.out_vnd) <= {delivery.SUM_VND_MAX}\n" in DELIVERY
    assert f"(toInt128(o.change_vnd)) <= {delivery.SUM_VND_MAX}, d.outcomes)" in DELIVERY


def test_numbers_and_namespace() -> None:
    assert FUNCTIONS.count(f"unhex('{NAMESPACE.hex}')") == 1
    assert f"d.amount_vnd > {cloudevent.AMOUNT_VND_MAX}," in PAYMENT
    assert f"d.balance_after_vnd > {cloudevent.AMOUNT_VND_MAX})" in PAYMENT
    assert f"coalesce(d.amount_vnd, 0) > {cloudevent.AMOUNT_VND_MAX}," in REGISTRY
    for judge in (PAYMENT, REGISTRY, DELIVERY):
        assert f"length(body) > {cloudevent.BODY_BYTES_MAX}," in judge
        for bound in (cloudevent.TIME_MIN, cloudevent.TIME_END):
            assert f"toDateTime64('{bound:%Y-%m-%d %H:%M:%S}', 3, 'UTC')" in judge
