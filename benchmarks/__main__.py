"""Measure and write benchmarks/RESULTS.md: `make bench`, or parts of it: `python -m benchmarks engine scores`.

What the other parts measured before is kept: a figure is replaced by its name, a section by its heading.
"""

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


def scores() -> tuple[list[Row], dict[str, list[str]]]:
    """Test scores against plain Optuna, with a table of each comparison."""
    from benchmarks import scores as part

    if not part.DATA.exists():
        return [("test score at 60 s against plain Optuna over LightGBM", "7 of 10", "no tables at hand", False)], {}
    found = part.main()
    wins = sum(one["ours"] >= one["optuna"] for one in found)
    lines = [
        "Higher is better for ROC AUC, lower for log loss and RMSE. The better score is bold.",
        "",
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
    return [row], {"Test scores at equal time": lines}


def nudges() -> tuple[list[Row], dict[str, list[str]]]:
    """Results of searches whose nudges are accepted."""
    from benchmarks import nudges as part

    rows, lines = part.report(part.main())
    return rows, {"Accepted nudges": lines}


def preference() -> tuple[list[Row], dict[str, list[str]]]:
    """Number of answers that simulated people need."""
    from benchmarks import preference as part

    return part.measure()


def steered() -> tuple[list[Row], dict[str, list[str]]]:
    """Effect of answers on a running search."""
    from benchmarks import steered_search as part
    from benchmarks.fronts import DATA

    if not DATA.exists():
        return [(part.WHAT, "better on every table", "no tables at hand", False)], {}
    rows, lines = part.report(part.main())
    return rows, {"Steered searches": lines}


def steering() -> tuple[list[Row], dict[str, list[str]]]:
    """Gain from steering, on test functions."""
    from benchmarks import steering as part

    rows, lines = part.main()
    return rows, {"Steering": lines}


def safeguards() -> tuple[list[Row], dict[str, list[str]]]:
    """Injected leaks found, and false alarms on clean columns."""
    from benchmarks import safeguards as part

    if not part.DATA.exists():
        return [("injected leaks found", "95 %", "no tables at hand", False)], {}
    rows, lines = part.report(part.main())
    return rows, {"Safeguards": lines}


def explain() -> tuple[list[Row], dict[str, list[str]]]:
    """Cost of explanations for the user, the page and the search."""
    from benchmarks import explain as part

    return part.main()


def delivered() -> tuple[list[Row], dict[str, list[str]]]:
    """Figures that are shown against those of the model that Python returns."""
    from benchmarks import delivered as part

    if not part.DATA.exists():
        return [("shown and got", "equal", "no tables at hand", False)], {}
    rows, lines = part.report(part.main())
    return rows, {"Shown and got": lines}


def executors() -> tuple[list[Row], dict[str, list[str]]]:
    """Trials with spawned workers against forked ones."""
    from benchmarks import executors as part

    if not part.DATA.exists():
        return [(part.WHAT, "≥ 85 %", "no tables at hand", False)], {}
    rows, lines = part.report(part.main())
    return rows, {"Executors": lines}


def frames() -> tuple[list[Row], dict[str, list[str]]]:
    """Generated tables on which a law of reading is broken."""
    from benchmarks import frames as part

    found = part.main()
    broken = set().union(*found.values())
    lines = [
        "| law | tables that break it |",
        "|---|---|",
        *(f"| {law} | {len(seeds)} |" for law, seeds in found.items()),
    ]
    figure = f"{part.FRAMES - len(broken):,} of {part.FRAMES:,}"
    return [("generated tables that keep all laws", "all", figure, not broken)], {"Generated tables": lines}


def balance() -> tuple[list[Row], dict[str, list[str]]]:
    """Searches that may balance rare classes against searches that never do."""
    from benchmarks import balance as part

    if not part.DATA.exists():
        return [(part.WHAT, "6 of 6", "no tables at hand", False)], {}
    rows, lines = part.report(part.main())
    return rows, {"Class balance": lines}


def fit_progress() -> tuple[list[Row], dict[str, list[str]]]:
    """Cost of reporting the rounds of a fit."""
    from benchmarks import fit_progress as part

    ratio, said = part.measure("lightgbm")
    figure = f"{said}; a report that is dropped costs {part.cost_of_a_report():.0f} ns"
    return [(part.WHAT, f"≤ {part.MOST:g}", figure, ratio <= part.MOST)], {}


def measure(parts: list[str]) -> tuple[list[Row], dict[str, list[str]]]:
    """Run the parts; return figures and sections."""
    rows: list[Row] = bundle()
    sections: dict[str, list[str]] = {}
    if "engine" in parts:
        from benchmarks import engine

        rows += engine.main()
    if "browser" in parts:
        from benchmarks import browser

        rows += browser.main()
    further = {
        "scores": scores,
        "nudges": nudges,
        "preference": preference,
        "steered": steered,
        "steering": steering,
        "safeguards": safeguards,
        "explain": explain,
        "delivered": delivered,
        "executors": executors,
        "frames": frames,
        "balance": balance,
        "fit_progress": fit_progress,
    }
    for name, part in further.items():
        if name in parts:
            more, found = part()
            rows += more
            sections |= found
    return rows, sections


def written(text: str, rows: list[Row], sections: dict[str, list[str]]) -> str:
    """Return the page with these figures and sections replaced and the others unchanged."""
    top, *later = text.split("\n## ")
    old = dict(one.split("\n", 1) for one in later)
    figures = {line.split("|")[1].strip(): line for line in top.splitlines() if line.startswith("| ")}
    figures.pop("figure", None)
    for what, least, value, reached in rows:
        figures[what] = f"| {what} | {least} | {value} | {'yes' if reached else '**no**'} |"
    lines = ["# Measured", "", f"{dt.date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}."]
    lines[-1] += " `make bench` generates this page. Its parts ran at different times."
    lines += ["", "| figure | target | measured | reached |", "|---|---|---|---|", *figures.values()]
    for name, body in (old | {name: "\n" + "\n".join(found) for name, found in sections.items()}).items():
        lines += ["", f"## {name}", *body.rstrip().split("\n")]
    return "\n".join(lines) + "\n"


def main(parts: list[str]) -> None:
    """Run the parts and write the page."""
    found = measure(parts)
    before = RESULTS.read_text() if RESULTS.exists() else ""
    RESULTS.write_text(written(before, *found))
    sys.stdout.write(RESULTS.read_text())


if __name__ == "__main__":
    main(
        sys.argv[1:]
        or [
            *("engine", "browser", "scores", "nudges", "preference", "steered", "steering", "safeguards", "explain"),
            *("delivered", "executors"),
        ]
    )
