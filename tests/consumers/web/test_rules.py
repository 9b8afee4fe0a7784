"""The decision at the gate, and what the gate sets in a request whatever it said."""

from hypothesis import example, given
from hypothesis import strategies as st

from consumers.web.access.roles import SCOPES, Who
from consumers.web.access.rules import Rule, Verdict, decide, forced

people = st.builds(
    Who,
    st.just("x"),
    st.sampled_from(["person", "machine"]),
    st.frozensets(st.sampled_from(SCOPES)),
    st.frozensets(st.sampled_from(["HL1", "HL2", "CD"])),
)
rules = st.builds(
    Rule, st.none() | st.sampled_from(SCOPES), st.sampled_from(["none", "query", "path", "inside"])
)
queries = st.dictionaries(
    st.sampled_from(["market", "by", "vendor"]),
    st.lists(st.sampled_from(["HL1", "HL2", "vendor", ""]), min_size=1, max_size=3),
)


# A key for people alone is none for figures, also where figures of people are asked for.
PEOPLE_ALONE = Who("x", "machine", frozenset(["people"]), frozenset())


@given(rules, people, queries, st.sampled_from(["HL1", "CD"]))
@example(Rule("figures", "query"), PEOPLE_ALONE, {"by": ["vendor"]}, "HL1")
def test_the_decision_keeps_its_promises(
    rule: Rule, who: Who, query: dict[str, list[str]], market: str
) -> None:
    verdict = decide(rule, who, query=query, path={"market": market})
    if verdict is not Verdict.ALLOWED:
        return
    if rule.scope is not None:
        assert who.may(rule.scope)
    if rule.scope is not None and rule.market == "path":
        assert not who.markets or market in who.markets
    if rule.scope is not None and rule.market == "query":
        assert not who.markets or set(query.get("market", ())) <= who.markets
        if rule.scope == "figures" and (
            "vendor" in query.get("by", ()) or any(query.get("vendor", ()))
        ):
            assert who.may("people")


@given(rules, queries)
def test_nobody_sees_only_what_is_open_to_all(rule: Rule, query: dict[str, list[str]]) -> None:
    nobody = Who("", "nobody", frozenset())
    verdict = decide(rule, nobody, query=query, path={"market": "HL1"})
    assert verdict is (Verdict.ALLOWED if rule.scope is None else Verdict.SIGN_IN)


@given(rules, people, queries)
def test_the_gate_sets_what_the_caller_may_not_choose(
    rule: Rule, who: Who, query: dict[str, list[str]]
) -> None:
    changes = forced(rule, who, query)
    asked = {**query, **changes}
    if rule.market != "query":
        assert changes == {}
        return
    if who.markets:
        assert any(asked["market"])
        if not any(query.get("market", ())):
            assert set(asked["market"]) == who.markets
    if "people" not in who.scopes:
        assert asked["is_shared"] == ["true"]
