"""Measure everything and write benchmarks/RESULTS.md: `make bench`, or `python -m benchmarks engine browser scores`."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
BUNDLE = Path(__file__).parent.parent / "hitl_widget" / "static" / "widget.js"
Row = tuple[str, str, str, bool]


def bundle() -> list[Row]:
    """Size of the built dashboard."""
    size = BUNDLE.stat().st_size / 1e6
    return [("built JS, minified", "1.5 MB", f"{size:.2f} MB", size <= 1.5)]


def scores() -> tuple[list[Row], list[str]]:
    """Test scores against plain Optuna, with a table of each comparison."""
    from benchmarks import scores as part

    if not part.DATA.exists():
        return [("test score at 60 s against plain Optuna over LightGBM", "7 of 10", "no tables at hand", False)], []
    found = part.main()
    wins = sum(one["ours"] >= one["optuna"] for one in found)
    lines = [
        "| table | hitl_widget | Optuna + LightGBM | trials | seconds |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        mark = "**" if one["ours"] >= one["optuna"] else ""
        lines.append(
            f"| {one['table']} ({one['kind']}) | {mark}{abs(one['ours']):.5g}{mark} | {abs(one['optuna']):.5g} "
            f"| {one['trials']} / {one['optuna_trials']} | {one['seconds']:.0f} / {one['optuna_seconds']:.0f} |"
        )
    row = (
        f"test score at {part.SECONDS:.0f} s, 2 cores, ten tables: against plain Optuna over LightGBM in one run",
        "better or equal on 7 of 10",
        f"{wins} of {len(found)}",
        wins >= 7,
    )
    return [row], lines


def main(parts: list[str]) -> None:
    """Run the parts and write the table."""
    rows: list[Row] = bundle()
    lines: list[str] = []
    if "engine" in parts:
        from benchmarks import engine

        rows += engine.main()
    if "browser" in parts:
        from benchmarks import browser

        rows += browser.main()
    if "scores" in parts:
        more, lines = scores()
        rows += more
    text = [
        "# Measured",
        "",
        f"{dt.date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}. Made by `make bench`.",
        "",
        "| what | at least | measured | reached |",
        "|---|---|---|---|",
        *(f"| {what} | {least} | {value} | {'yes' if reached else '**no**'} |" for what, least, value, reached in rows),
    ]
    if lines:
        text += [
            "",
            "## Test scores at equal time",
            "",
            "ROC AUC up; log loss and RMSE down. The better in bold.",
            "",
            *lines,
        ]
    RESULTS.write_text("\n".join(text) + "\n")
    sys.stdout.write(RESULTS.read_text())


if __name__ == "__main__":
    main(sys.argv[1:] or ["engine", "browser", "scores"])
