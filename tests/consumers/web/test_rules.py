"""The decision by a route's rule, and what an audience may ask."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consumers.web.access.audience import Asked, Audience, Denied
from consumers.web.access.origin import OWN_SITES, is_from_here
from consumers.web.access.roles import SCOPES, Who
from consumers.web.access.rules import AccessRule, GateDecision, decide
from infra.errors import Refused
from infra.host_names import is_sent_to_us
from schemas.thresholds import Thresholds
from tests.engine import NOW

MARKETS = ["HL1", "HL2", "CD"]
people = st.builds(
    Who,
    st.just("x"),
    st.sampled_from(["person", "machine"]),
    st.frozensets(st.sampled_from(SCOPES)),
    st.frozensets(st.sampled_from(MARKETS)),
)
rules = st.builds(
    AccessRule,
    st.none() | st.sampled_from(SCOPES),
    st.sampled_from(["none", "query", "path", "inside", "all"]),
)
named = st.lists(st.sampled_from(MARKETS), max_size=3)


@given(rules, people, named, st.sampled_from(MARKETS))
def test_the_decision_keeps_its_promises(
    rule: AccessRule, who: Who, named: list[str], market: str
) -> None:
    verdict = decide(rule, who, named=named, path_market=market)
    if verdict is not GateDecision.ALLOWED or rule.scope is None:
        return
    assert who.may(rule.scope)
    if who.markets:
        assert rule.market != "all"
        assert rule.market != "path" or market in who.markets
        assert rule.market != "query" or set(named) <= who.markets


@given(rules, named)
def test_nobody_sees_only_what_is_open_to_all(rule: AccessRule, named: list[str]) -> None:
    nobody = Who("", "nobody", frozenset())
    verdict = decide(rule, nobody, named=named, path_market="HL1")
    assert verdict is (GateDecision.ALLOWED if rule.scope is None else GateDecision.SIGN_IN)


# A key for people alone is none for figures, also where figures of people are asked for.
PEOPLE_ALONE = Who("x", "machine", frozenset(["people"]), frozenset())


@given(
    people,
    named,
    st.sampled_from([None, "market", "vendor"]),
    st.lists(st.sampled_from(["HL1-V1", ""]), max_size=2),
    st.sampled_from([None, Thresholds(), Thresholds(k_stalls_min=1), Thresholds(k_payers_min=1)]),
    st.booleans(),
)
@example(PEOPLE_ALONE, [], "vendor", [], None, False)
def test_no_question_lets_out_more_than_its_audience_may_see(
    who: Who,
    named: list[str],
    by: str | None,
    vendors: list[str],
    thresholds: Thresholds | None,
    is_shared: bool,
) -> None:
    """However it is asked: what a handler passes on cannot widen it."""
    audience = Audience(
        AccessRule("figures", "query"), who, tuple(sorted(who.markets)), Asked("GET", "/", "")
    )
    try:
        question = audience.question(
            "activity",
            now=NOW + timedelta(days=30),
            by=by,
            markets=named,
            vendors=vendors,
            thresholds=thresholds,
            is_shared=is_shared,
        )
    except (Denied, Refused):
        return
    assert not who.markets or (question.markets and set(question.markets) <= who.markets)
    assert question.is_shared or who.may("people")
    if not who.may("people"):
        assert question.by != "vendor"
        assert not any(question.vendors)
        assert question.thresholds == Thresholds()


BROWSER = {"host": "choso.example"}


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": ""}, False),
        ({"origin": "https://choso.example"}, True),
        ({"origin": "https://elsewhere.example"}, False),
        ({"origin": "https://choso.example.elsewhere.example"}, False),
        ({"origin": "https://choso.example:8443"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://elsewhere.example"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://choso.example"}, False),
    ],
)
@pytest.mark.parametrize("has_key", [False, True])
def test_what_a_browser_says_of_itself_decides(
    headers: dict[str, str], is_ours: bool, has_key: bool
) -> None:
    assert is_from_here(BROWSER | headers, has_key=has_key) is is_ours


def test_what_says_nothing_of_itself_needs_a_key() -> None:
    assert is_from_here(BROWSER, has_key=True)
    assert not is_from_here(BROWSER, has_key=False)


@given(st.text(max_size=20), st.text(max_size=40))
def test_no_other_site_and_no_other_origin_is_ours(site: str, origin: str) -> None:
    """Whatever they say, unless it is exactly ours."""
    found = is_from_here(BROWSER | {"sec-fetch-site": site, "origin": origin}, has_key=True)
    assert found == (site in OWN_SITES and origin.partition("//")[2] == "choso.example")


@pytest.mark.parametrize(
    ("host", "names", "is_open", "is_ours"),
    [
        ("127.0.0.1:8080", (), True, True),
        ("localhost", (), True, True),
        ("[::1]:8080", (), True, True),
        ("elsewhere.example", (), True, False),
        ("127.0.0.1.elsewhere.example", (), True, False),
        ("choso.example", ("choso.example",), True, True),
        ("choso.example:443", ("choso.example",), False, True),
        ("CHOSO.example", ("choso.example",), False, True),
        ("elsewhere.example", ("choso.example",), False, False),
        ("127.0.0.1:8080", ("choso.example",), False, True),
        ("elsewhere.example", (), False, True),
        ("", (), False, False),
        ("", (), True, False),
        ("[", (), True, False),
        ("a b", ("choso.example",), True, False),
    ],
)
def test_a_request_is_for_us_by_its_host(
    host: str, names: tuple[str, ...], is_open: bool, is_ours: bool
) -> None:
    assert is_sent_to_us(host, names=names, is_open=is_open) is is_ours
