"""Generate pages from the sources at each build: tutorials, glossary, views, commands."""

from __future__ import annotations

import ast
import doctest
import hashlib
import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hitl_widget.data.objectives import FAIRNESS
from hitl_widget.domain.commands import COMMANDS, Command, Subject
from hitl_widget.domain.objective import BUILT_IN
from hitl_widget.domain.task import Kind
from hitl_widget.domain.terms import TERMS
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.registry import VIEWS, concepts
from hitl_widget.explain.view import Level
from hitl_widget.learners.registry import LEARNERS

__all__ = ["commands", "glossary", "tutorial", "views", "write"]

NOTE = "<!-- Made by docs/made.py; change {source} instead. -->\n"
OUTPUTS = Path(__file__).with_name("outputs")
SHOWN = {
    "01_quickstart": ("dashboard", "The dashboard: the task, the score over time, and the leaderboard"),
    "02_steer": ("space", "The Space tab: the values tried in each range, and the preview of an edit"),
}
"""The picture shown for `session.show()` in a tutorial, by notebook; made by `docs/pictures.py` on the same table."""


def write(docs: Path) -> None:
    """Write the generated pages into `docs`, touching only changed files."""
    notebooks = sorted((docs.parent / "example_notebooks").glob("*.ipynb"))
    pages = {docs / "tutorials" / f"{path.stem}.md": tutorial(path) for path in notebooks}
    pages[docs / "glossary.md"] = glossary()
    pages[docs / "reference" / "views.md"] = views()
    pages[docs / "reference" / "commands.md"] = commands()
    for path, text in pages.items():
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def tutorial(path: Path) -> str:
    """Return a notebook as a MyST page: its text, its code, and the outputs of one run."""
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
            said = " The outputs are from one run, and your results will differ slightly." if kept else ""
            parts.append(f"*You can run this page as a notebook: `example_notebooks/{path.name}`.{said}*")
    return "\n\n".join(parts) + "\n"


def _output(cell: str, source: str, kept: Mapping[str, Any]) -> Iterator[str]:
    """Yield the output of a cell, unless its code has changed since."""
    found = kept.get(cell)
    if found is None or found["of"] != hashlib.sha256(source.encode()).hexdigest()[:12]:
        return
    if found["text"]:
        yield f"```text\n{found['text']}\n```"
    if found["picture"]:
        yield f"![The chart that this cell draws](../outputs/{cell}.svg)"


GLOSSARY = """\
# Glossary

The dashboard, Python and this documentation use the same terms. Hover over a heading, a tab or a button in the
dashboard to see its definition.
"""


def glossary() -> str:
    """Return the glossary: terms, objectives, models, and the concepts behind charts."""
    words = ((word, " ".join(filter(None, term))) for word, term in TERMS.items())
    measured = [(one.label, one.story) for one in BUILT_IN.values()]
    measured += [(f"{label} a column", story) for label, _, story in FAIRNESS.values()]
    models = ((learner.label, learner.story) for learner in LEARNERS.values())
    explained = ((one.title, one.text) for one in concepts().values())
    return "\n".join(
        (
            NOTE.format(source="hitl_widget/domain/terms.py, or the objectives, learners and concepts of the package"),
            GLOSSARY,
            "## Terms\n",
            *_entries(words),
            "## Objectives\n\nAn objective is a measure of a model besides the metric.\n",
            *_entries(measured),
            "## Models\n\nThe search can use these model families.\n",
            *_entries(models),
            "## Charts and figures\n\nThese texts also appear on the Explain tab under “What does this mean?”.\n",
            *_entries(explained),
        )
    )


def _entries(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for title, text in sorted(pairs, key=lambda pair: pair[0].casefold()):
        yield f"{title}\n: {text}\n"


VIEWS_PAGE = """\
# Views

A view is an explanation that answers one question. `session.explain.<name>(…)` returns a view, and
`session.charts.<name>(…)` draws it.
"""


def views() -> str:
    """Return a table of all views of `session.explain`, by subject."""
    lines = [
        NOTE.format(source="hitl_widget/explain/views/"),
        VIEWS_PAGE,
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


COMMANDS_PAGE = """\
# Commands

A command is a request to a session, for example to change the search space. Python and the dashboard send the same
commands. Commands that contain code, such as `add_learner`, can only be sent from Python.

The column *undo* shows whether `session.undo()` reverts the command. If an answer to a suggestion or a warning changes
the session, `session.undo()` reverts that change.
"""
SUBJECTS = {
    Subject.LIFECYCLE: "Running the search",
    Subject.SPACE: "Search space",
    Subject.UNDO: "Undo and redo",
    Subject.ANSWERS: "Answers to suggestions and warnings",
    Subject.NOTES: "Notes and baselines",
}
"""Headings of the table; a subject without an entry is its own heading."""


def commands() -> str:
    """Return a table of all commands by subject: the effect, an example in Python, and whether `undo` reverts it."""
    lines = [NOTE.format(source="hitl_widget/domain/commands/"), COMMANDS_PAGE]
    for subject in Subject:
        title = SUBJECTS.get(subject, subject.capitalize())
        lines += [f"## {title}\n", "| command | effect | Python | undo |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{name}` | {_summary(cls)} | `{_line(cls)}` | {'yes' if cls.spec.undoable else 'no'} |"
            for name, cls in COMMANDS.items()
            if cls.spec.subject is subject
        ]
        lines.append("")
    return "\n".join(lines)


def _summary(cls: type[Command]) -> str:
    return (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")


def _line(cls: type[Command]) -> str:
    """Return the line of Python in the example of a command, or that of a command without fields."""
    shown = doctest.DocTestParser().get_examples(cls.__doc__ or "")
    return str(ast.literal_eval(shown[0].want)) if shown else cls().python()
