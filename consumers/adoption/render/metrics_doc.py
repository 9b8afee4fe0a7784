"""Writes docs/metrics.md from the catalogue: `python -m consumers.adoption.render.metrics_doc`."""

from dataclasses import MISSING, fields
from inspect import getdoc
from pathlib import Path

from consumers.adoption.metrics.catalogue import METRICS
from consumers.adoption.question.answer import Cell, Metric
from consumers.adoption.question.rate import Figure, Rails, Rate
from consumers.adoption.question.scope import ADOPTION
from consumers.adoption.render.flat import row_type_fields
from consumers.sql import statement
from schemas.thresholds import Thresholds

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"
HEAD = """# The metrics

Long because it holds the SQL of every figure. Written by `python -m
consumers.adoption.render.metrics_doc` from the definitions that answers carry; a test compares.

Each metric is asked by `choso adoption NAME`, by `GET /v1/adoption/NAME` and on the pages, and
answers in one shape: typed rows, the question with its thresholds, the definition with its
version, the cut-off time (up to when evidence is folded), which periods are incomplete and why,
and the health of the evidence.

- **Days** are local (Asia/Ho_Chi_Minh); money is whole đồng. Metrics read `day_fold`, which the
  fold keeps equal to the evidence (`choso verify` proves it), through the view `figure_day`;
  `known_on` computes the same from the evidence that was recorded until then.
- **A valid payment** is settled, not given back whole, without contradiction, of at least the
  least amount.
- **An open day**: the market is open by its calendar and the vendor is not marked absent. Closed
  days are exposure, not decline.
- **A null always has a reason.** A rate whose denominator is not known is null, never 0 and never
  guessed.
- **An incomplete period** is shown, marked, and kept out of comparisons: it is not over, the
  range cuts it, it begins before the first evidence, nothing was recorded since it ended, or it
  waits to be folded.
- **Rail classes** (plain transfers, merchant payments, wallets, cards) stand beside totals:
  official statistics count single classes and differ ten-fold.
- **Groups** ('by') are those of the question's last day: kinds and names of markets, rows and
  products of stalls; a cohort is the month of a vendor's first valid payment. Group '' is what no
  registry fact attributes.
- **Shared answers** (`--shared`) withhold cells with fewer than k_payers_min payers or
  k_stalls_min stalls, and as many larger ones beside them that no small one can be worked out, at
  all levels (all, kinds, markets, rows) of the same periods together; where no source tells
  payers, payments stand for them. Not protected: answers over different but overlapping periods,
  put side by side; share one sequence of periods. What is withheld depends on all markets,
  whatever the filter.
- **Intervals** are 95 %.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(
        [HEAD, *_thresholds(), *(line for metric in METRICS.values() for line in _metric(metric))]
    )


def _thresholds() -> list[str]:
    lines = ["## Thresholds, version v1", "", "| name | default |", "|---|---|"]
    lines += [f"| `{field.name}` | {field.default} |" for field in fields(Thresholds)]
    assert all(field.default is not MISSING for field in fields(Thresholds))
    lines += [
        "",
        "Another value is part of the version that an answer names: `v1+active_days_min=2`.",
    ]
    return [*lines, ""]


def _metric(metric: Metric) -> list[str]:
    definition = metric.definition
    lines = [f"## {definition.title} (`{definition.id}`, version {definition.version})", ""]
    lines += [definition.text, "", f"- Nulls: {definition.nulls}"]
    lines += [f"- Intervals: {definition.interval}"]
    thresholds = ", ".join(f"`{name}`" for name in definition.thresholds) or "none"
    lines += [f"- Thresholds: {thresholds}"]
    lines += [f"- By: {', '.join(sorted(metric.by))}; grain: {', '.join(sorted(metric.grains))}"]
    of_cell = {field.name for field in fields(Cell)}
    own = [pair for pair in row_type_fields(metric.row) if pair[0] not in of_cell]
    lines += ["", "| figure | is |", "|---|---|"]
    lines += [f"| `{name}` | {KINDS.get(kind, 'a plain value')} |" for name, kind in own]
    lines += ["", *(getdoc(metric.row) or "").splitlines(), ""]
    for name in definition.sql:
        lines += [f"`consumers/adoption/{name}.sql`:", "", "```sql"]
        lines += [*statement(ADOPTION, name).rstrip().splitlines(), "```", ""]
    return lines


KINDS = {
    Figure: "a number, or null with its reason",
    Rate: "a share with numerator, denominator and interval, or null with its reason",
    Rails: "payments and đồng by rail class",
}

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
