"""Pages that are made from the sources at each build, so that they cannot disagree: tutorials, glossary, views."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hitl_widget.data.objectives import FAIRNESS
from hitl_widget.domain.objective import BUILT_IN
from hitl_widget.domain.task import Kind
from hitl_widget.domain.terms import TERMS
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.registry import VIEWS, concepts
from hitl_widget.explain.view import Level
from hitl_widget.learners.registry import LEARNERS

__all__ = ["glossary", "tutorial", "views", "write"]

NOTE = "<!-- Made by docs/made.py; change {source} instead. -->\n"
OUTPUTS = Path(__file__).with_name("outputs")
SHOWN = {
    "01_quickstart": ("dashboard", "The dashboard: what was understood, the score over time, the leaderboard"),
    "02_steer": ("space", "The Space panel: tried values behind each range, a drafted edit and what it would do"),
}
"""What `session.show()` shows in a tutorial, by its notebook: a picture of `docs/pictures.py`, on the same table."""


def write(docs: Path) -> None:
    """Write the made pages into `docs`, touching only what changed."""
    notebooks = sorted((docs.parent / "example_notebooks").glob("*.ipynb"))
    pages = {docs / "tutorials" / f"{path.stem}.md": tutorial(path) for path in notebooks}
    pages[docs / "glossary.md"] = glossary()
    pages[docs / "reference" / "views.md"] = views()
    for path, text in pages.items():
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def tutorial(path: Path) -> str:
    """Return a notebook as a MyST page: its prose, its code, and what one run of it said and drew."""
    parts = [NOTE.format(source=f"example_notebooks/{path.name}")]
    ran = OUTPUTS / f"{path.stem}.json"
    kept = json.loads(ran.read_text()) if ran.exists() else {}
    for place, cell in enumerate(json.loads(path.read_text())["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(re.sub(r"\]\((\w+)\.ipynb\)", r"](\1.md)", source))
        else:
            parts += [f"```python\n{source}\n```", *_output(cell["id"], source, kept)]
            if "session.show()" in source and path.stem in SHOWN:
                picture, words = SHOWN[path.stem]
                parts.append(f"![{words}](../images/{picture}-light.png)")
        if place == 0:
            said = " What stands below the code is from one run; yours will differ a little." if kept else ""
            parts.append(f"*A notebook to run: `example_notebooks/{path.name}`.{said}*")
    return "\n\n".join(parts) + "\n"


def _output(cell: str, source: str, kept: Mapping[str, Any]) -> Iterator[str]:
    """What a cell said and drew, unless its code has changed since."""
    found = kept.get(cell)
    if found is None or found["of"] != hashlib.sha256(source.encode()).hexdigest()[:12]:
        return
    if found["text"]:
        yield f"```text\n{found['text']}\n```"
    if found["picture"]:
        yield f"![The chart that this cell draws](../outputs/{cell}.svg)"


GLOSSARY = """\
# Glossary

One vocabulary, the same in the dashboard, in Python and here. Point at a heading, a tab or a button of the dashboard,
and it says what stands here.
"""


def glossary() -> str:
    """Return the glossary: what the dashboard says of its words, of what it measures, of models and of pictures."""
    words = ((word, " ".join(filter(None, term))) for word, term in TERMS.items())
    measured = [(one.label, one.story) for one in BUILT_IN.values()]
    measured += [(f"{label} a column", story) for label, _, story in FAIRNESS.values()]
    models = ((learner.label, learner.story) for learner in LEARNERS.values())
    explained = ((one.title, one.text) for one in concepts().values())
    return "\n".join(
        (
            NOTE.format(source="hitl_widget/domain/terms.py, or the objectives, learners and concepts of the package"),
            GLOSSARY,
            "## Words\n",
            *_entries(words),
            "## Objectives\n\nWhat can be measured of a model beside its metric.\n",
            *_entries(measured),
            "## Models\n\nWhat the dashboard says of each family.\n",
            *_entries(models),
            "## Pictures and figures\n\nWhat stands behind “What does this mean?” on each card of the Explain tab.\n",
            *_entries(explained),
        )
    )


def _entries(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for title, text in sorted(pairs, key=lambda pair: pair[0].casefold()):
        yield f"{title}\n: {text}\n"


def views() -> str:
    """Return a table of all views of `session.explain`, by what they explain."""
    lines = [
        NOTE.format(source="hitl_widget/explain/views/"),
        "# Views\n\nEach is `session.explain.<name>(…)`, and `session.charts.<name>(…)` draws it.\n",
    ]
    titles = {
        Level.MODEL: "The model",
        Level.ALGORITHM: "The algorithm",
        Level.SEARCH: "The search",
        Level.COMPARISON: "The comparison",
        Level.DATA: "The data",
    }
    for level in Level:
        rows = [one for one in VIEWS.values() if one.level is level]
        if rows:
            lines += [f"## {titles[level]}\n", "| view | question | options | for |", "| --- | --- | --- | --- |"]
            lines += [
                f"| `{one.name}` | {one.question} | {', '.join(f'`{name}`' for name in one.takes)} | {_tasks(one)} |"
                for one in rows
            ]
            lines.append("")
    return "\n".join(lines)


def _tasks(view: ViewDefinition) -> str:
    return "all tasks" if view.kinds == frozenset(Kind) else ", ".join(sorted(view.kinds))
