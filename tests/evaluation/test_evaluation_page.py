"""The page explains every method and rule, in both languages, and its plan is a plan."""

import re
from pathlib import Path

from choso.commands.evaluate import evaluate
from consumers.evaluation.plan import parse_plan
from consumers.evaluation.verdict import RULES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
# Parts of the application, and what several methods share: no method of their own.
NOT_METHODS = frozenset(
    {
        "__init__", "arrays", "ask", "crps", "design", "evaluate", "live_series", "panel", "plan",
        "panel_reader", "vendor_reader", "refusals", "registration", "result", "names", "run_did",
        "run_its", "run_vendors", "run_wedge",
    }
)  # fmt: skip


def test_every_method_is_explained_with_its_source() -> None:
    paragraphs = [p for p in PAGE.split("\n\n") if p.startswith("**")]
    folders = [ROOT / "consumers" / name for name in ("evaluation", "statistics")]
    for path in sorted(path for folder in folders for path in folder.glob("*.py")):
        if path.stem in NOT_METHODS:
            continue
        explained = [p for p in paragraphs if f"`{path.name}`" in p] or (
            [PAGE] if path.stem == "verdict" and f"`{path.name}`" in PAGE else []
        )
        assert explained, path.name
        for paragraph in explained:
            assert re.search("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", paragraph)
            assert "*" in paragraph.replace("**", ""), paragraph[:60]
            if path.stem not in {"dose", "verdict"}:
                assert re.search(r"\((18|19|20)\d\d\)", paragraph), paragraph[:60]


def test_every_rule_of_the_verdict_is_in_the_table() -> None:
    for rule in RULES:
        assert f"`{rule.key}`" in PAGE, rule.key


def test_the_plan_on_the_page_is_a_plan() -> None:
    [text] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    plan = parse_plan(text, subject="docs/evaluation.md")
    assert plan.id == "halong-2026" and plan.running.permutations == 9_999


def test_every_command_is_on_the_page() -> None:

    for command in evaluate.registered_commands:
        assert f"choso evaluate {command.name}" in PAGE, command.name
