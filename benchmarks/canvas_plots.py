"""The dashboard's canvas plots against Vega, 2,000 trials in Chromium: `python -m benchmarks.canvas_plots`.

The Pareto front and the parallel coordinates are drawn from the same trials, once by the dashboard's components and
once by Vega as the dashboard bundles it, with the expression interpreter that pages without `eval` need. Milliseconds
of first draw, of an update with one more trial, and of each pointer move while hovering and while dragging a range.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import altair as alt
from playwright.sync_api import Page, sync_playwright

from hitl_widget.charts.theme import LIGHT, configure
from tests.ui.browser import ARGUMENTS, find_chromium

ROOT = Path(__file__).resolve().parent.parent
TRIALS, REPEATS = 2_000, 3
OBJECTIVES = (("score", False), ("ms", True), ("parts", True), ("fit", True))
"""Names, and whether the axis is logarithmic."""


def main() -> None:
    """Print a table of medians and the largest values."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bundle = _bundle(Path(folder))
        specs = {"front": _compiled(_front()), "parallel": _compiled(_parallel())}
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        found = {
            (kind, how): [_measured(browser, bundle, kind, how, specs) for _ in range(REPEATS)]
            for kind in ("front", "parallel")
            for how in ("canvas", "vega")
        }
        version = browser.version
        browser.close()
    print(f"Chromium {version}, {platform.machine()}, {TRIALS} trials, {REPEATS} runs, load {os.getloadavg()[0]:.1f}\n")
    print("| plot | drawn by | first draw | one more trial | hover: median | p95 | drag: median | p95 |")
    print("|---|---|---|---|---|---|---|---|")
    for (kind, how), runs in found.items():
        first, update = (statistics.median(run[name] for run in runs) for name in ("first", "update"))
        moves = [value for name in ("hovers", "brushes") for value in _spread([v for run in runs for v in run[name]])]
        print(f"| {kind} | {how} | {first:.0f} | {update:.0f} | " + " | ".join(f"{one:.1f}" for one in moves) + " |")


def _spread(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


def _measured(browser: Any, bundle: Path, kind: str, how: str, specs: dict[str, Any]) -> dict[str, Any]:
    page: Page = browser.new_page(viewport={"width": 1200, "height": 700})
    page.goto(bundle.as_uri())
    found: dict[str, Any] = page.evaluate(
        "([kind, how, count, specs]) => window.measure(kind, how, count, specs)", [kind, how, TRIALS, specs]
    )
    page.close()
    return found


def _bundle(folder: Path) -> Path:
    """Bundle the page with the dashboard's own modules."""
    command = [
        str(ROOT / "js" / "node_modules" / ".bin" / "esbuild"),
        str(ROOT / "benchmarks" / "canvas_plots.tsx"),
        *("--bundle", "--minify", "--format=iife", "--jsx=automatic", "--jsx-import-source=preact"),
        f"--outfile={folder / 'page.js'}",
    ]
    subprocess.run(command, check=True, env={**os.environ, "NODE_PATH": str(ROOT / "js" / "node_modules")})
    page = folder / "page.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><link rel=stylesheet href=page.css>"
        f"<style>{(ROOT / 'js/src/styles/tokens.css').read_text()}</style><body><script src=page.js></script>"
    )
    return page


def _compiled(chart: Any) -> Any:
    """Compile Vega-Lite to Vega as the dashboard's build does."""
    script = (
        "import { compile } from 'vega-lite'; import { readFileSync } from 'node:fs';"
        "const spec = JSON.parse(readFileSync(0, 'utf8'));"
        "process.stdout.write(JSON.stringify(compile(spec, { config: { mark: { aria: false } } }).spec));"
    )
    command = ["node", "--input-type=module", "-e", script]
    done = subprocess.run(
        command, cwd=ROOT / "js", input=json.dumps(chart.to_dict()), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def _data() -> Any:
    return alt.Data(name="trials")  # type: ignore[no-untyped-call]


def _finished(chart: Any) -> Any:
    parameters = [alt.param(name=name, value=value) for name, value in LIGHT.items()]
    return configure(chart.add_params(*parameters).properties(width=1030, height=300))


def _front() -> Any:
    """Return trials in two objectives, with a range to drag over both."""
    brush = alt.selection_interval(name="brush", encodings=["x", "y"])
    x = alt.X("ms:Q", scale=alt.Scale(type="log", zero=False, padding=10), title=None)
    y = alt.Y("score:Q", scale=alt.Scale(zero=False, padding=10), title=None)
    colour = alt.Color("colour:N", scale=None, legend=None)
    base = alt.Chart(_data()).encode(x=x, y=y, color=colour, tooltip="number:Q")
    plain = base.transform_filter("!datum.front").mark_point(filled=True, size=20)
    best = base.transform_filter("datum.front").mark_point(filled=True, size=70, stroke=alt.expr("ink"))
    stairs = (
        alt.Chart(_data())
        .transform_filter("datum.front")
        .mark_line(interpolate="step-after", color=alt.expr("ink"))
        .encode(x=x, y=y)
    )
    dim = alt.condition(brush, alt.value(0.5), alt.value(0.1))
    return _finished(alt.layer(plain.encode(opacity=dim).add_params(brush), stairs, best))


def _parallel() -> Any:
    """Return a line for each trial over an axis for each objective, with a range to drag on the first axis."""
    places = {name: place for place, (name, _) in enumerate(OBJECTIVES)}
    base = alt.Chart(_data())
    for name, log in OBJECTIVES:
        value = f"log(datum.{name})" if log else f"datum.{name}"
        base = base.transform_calculate(**{f"{name}_on": value})
    ends = {f"{name}_{end}": f"{end}({name}_on)" for name in places for end in ("min", "max")}
    base = base.transform_joinaggregate(**ends)
    for name, log in OBJECTIVES:
        share = f"(datum.{name}_on - datum.{name}_min) / (datum.{name}_max - datum.{name}_min)"
        base = base.transform_calculate(**{f"{name}_at": f"1 - {share}" if log else share})
    brush = alt.selection_interval(name="brush", encodings=["y"])
    kept = "!isValid(brush.place) || inrange(datum.score_at, brush.place)"
    lines = (
        base.transform_fold([f"{name}_at" for name in places], as_=["axis", "place"])
        .transform_calculate(position="indexof(['score_at', 'ms_at', 'parts_at', 'fit_at'], datum.axis)")
        .encode(
            x=alt.X("position:Q", axis=None, scale=alt.Scale(nice=False, padding=40)),
            y=alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
            detail="number:Q",
            order="position:Q",
            color=alt.Color("colour:N", scale=None, legend=None),
            tooltip="number:Q",
        )
    )
    plain = lines.transform_filter("!datum.front").mark_line(strokeWidth=1)
    best = lines.transform_filter("datum.front").mark_line(strokeWidth=2, opacity=0.95)
    opacity = alt.condition(kept, alt.value(0.09), alt.value(0.02))
    return _finished(alt.layer(plain.encode(opacity=opacity).add_params(brush), best))


if __name__ == "__main__":
    sys.exit(main())
