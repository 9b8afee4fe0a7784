"""Tables of text. Pure."""

from collections.abc import Sequence


def render_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; numbers to the right."""
    table = [tuple(head), *rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    to_right = [
        all(c[:1].isdigit() or c[:1] in "–" for c in col) for col in zip(*rows, strict=True)
    ]
    to_right = to_right or [False] * len(widths)
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, to_right, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)
