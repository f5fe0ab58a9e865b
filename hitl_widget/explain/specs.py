"""The charts that the dashboard embeds, as Vega-Lite specifications with an empty named dataset.

``python -m hitl_widget.explain.specs FOLDER`` writes them; with ``--check`` it fails when they are not up to date.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

from hitl_widget.charts.pictures import calibration, residuals, roc
from hitl_widget.charts.progress import progress
from hitl_widget.charts.subjects import SUBJECTS
from hitl_widget.explain.registry import VIEWS

__all__ = ["main", "specs"]


@cache
def specs() -> dict[str, str]:
    """Return the text of each specification by its path, without the suffix; those of explanations are in ``views``."""
    charts = {
        "progress": progress(legend=False),
        "roc": roc(),
        "calibration": calibration(),
        "residuals": residuals(),
        **{f"views/subject_{name}": draw() for name, draw in SUBJECTS.items()},
        **{f"views/{name}": chart() for view in VIEWS.values() for name, chart in view.charts.items()},
    }
    return {name: json.dumps(chart.to_dict(), indent=2, ensure_ascii=False) + "\n" for name, chart in charts.items()}


def main(arguments: list[str]) -> int:
    """Write or check the specifications; return the exit status."""
    folder = Path(arguments[0])
    stale = 0
    for name, text in specs().items():
        path = folder / f"{name}.json"
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{path} is out of date with its definition: run `npm run generate`.\n")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
