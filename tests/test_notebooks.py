"""The example notebooks: each runs from top to bottom, shows what it promises, and stays readable without a kernel."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from hitl_widget.domain.state import Phase

EXAMPLES = Path(__file__).resolve().parent.parent / "example_notebooks"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))

CHECKS = {
    "01_quickstart": """
        assert session.state.phase == "finished" and model.predict_proba(members.head()).shape == (5, 2)
        assert any(trial.author == "you" for trial in session.state.trials)
        assert pd.io.common.file_exists("members_model.joblib")
    """,
    "02_steer": """
        assert session.space["lightgbm.learning_rate"].low == 0.01, "the freed range was undone"
        assert not {"mlp", "svm"} & set(session.space.families)
        assert len(steered) and not set(session.trials.query("generation > 0")["family"]) & {"mlp", "svm"}
        assert list(session.generations["by"]) == ["machine", "you", "you", "you"]
        mine = session.trials.query("proposed_by == 'you'")
        assert [one["lightgbm.num_leaves"] for one in mine["config"]] == [8, 4, 16, 32]
        assert set(mine["state"]) <= {"complete", "queued"} and "complete" in set(mine["state"])
        assert "explain the model to the board" in " ".join(yours["text"])
    """,
    "03_prefer": """
        assert len(answers) >= 2 and len(set(answers)) == len(answers), "no pair comes twice"
        assert "columns_used" in session.objectives()
        assert session.trials.set_index("number").loc[limited, "columns_used"] <= 10
        worth = lambda n: 100 * session.trials["score"][n] - session.trials["columns_used"][n] / 10
        assert worth(preferred) >= worth(best), "the answers led away from the metric alone"
    """,
    "04_explain": """
        assert session.explain.importance().frame().shape[0] == 10
        assert session.explain.row(17).about["row"] == 17
        assert "bmi alone" in str(session.explain.baselines().data)
        assert session.state.trials[booster].family == "lightgbm"
    """,
    "05_beliefs": """
        assert good.beliefs.loc[0, "verdict"] != "contradicted"
        assert "Withdrew" in " ".join(wrong.journal["text"]) and wrong.beliefs.empty
        assert table.loc["good belief", "best of the first 4 trials"] > table.loc[
            "wrong belief", "best of the first 4 trials"]
        assert table["best of all"].min() > 0.9, "a wrong belief does not keep the search from arriving"
    """,
    "06_cost_and_fairness": """
        assert complete["cost"].notna().all() and by_cost["cost"] <= by_score["cost"]
        assert set(audit.frame()["group"]) == {"monthly", "yearly", "two years"}
        kept = session.trials.set_index("number").loc[after]
        assert kept["feasible"] and kept["size_mb"] <= 0.5 and kept["demographic_parity:age"] <= 0.05
    """,
    "07_groups_and_time": """
        assert estimated - actual > 0.08, "with random folds, the estimate is too good"
        assert estimated_by_groups - actual_by_groups < 0.05, "with folds by patient, the estimate holds"
        assert {one.rule for one in careless.warnings} >= {"groups"}
        estimate, truth = table["estimated"], table["on the coming 90 days"]
        assert truth["random folds"] > 1.4 * estimate["random folds"]
        assert truth["folds forward in time"] < 1.3 * estimate["folds forward in time"]
        assert any("time" in one.remedy for one in mixed.warnings)
    """,
    "08_your_own_learner": """
        assert len(mine) >= 3 and best["prototypes"] > best["dummy"]
        assert "naive Bayes" in str(session.explain.baselines().data)
        assert session.state.trials[number].family == "prototypes"
    """,
}
"""What must hold in the kernel after the last cell, in the names of the notebook."""

PICTURE = re.compile(r'<img\b[^>]*\bsrc="?data:image/svg\+xml;base64,')
"""A picture that a page shows; the style of nbconvert's pages has further ones."""

OUTCOME = re.compile(rf"(\d+) trials in [^<;]*; ({'|'.join(Phase)})\b")
"""Trials and phase, as a summary says them."""

FINISHED = {"04_explain": [("36", "finished")]}
"""What the summaries of notebooks say whose search ends before they do."""

SHORTER = {
    "01_quickstart": {
        'memberships.csv"': 'memberships.csv", nrows=500',
        "budget=120": "max_trials=8",
        "session.show()": 'session.exclude("catboost", "extra_trees", "mlp", "random_forest")\nsession.show()',
    },
    "02_steer": {
        'memberships.csv"': 'memberships.csv", nrows=400',
        "budget=40": "max_trials=14",
        "session.wait(10)": "while session.state.ended < 4:\n    session.wait(0.1)",
        "session.wait(8)": "while session.state.ended < 7:\n    session.wait(0.1)",
    },
    "03_prefer": {
        'positive="malignant", budget=40)': 'positive="malignant", max_trials=24)\n'
        'session.exclude("catboost", "extra_trees", "mlp", "random_forest", "xgboost")',
        "session.wait(12)": "while session.state.ended < 16:\n    session.wait(0.1)",
        "    session.wait(4)": "    session.wait(0.5)",
    },
    "05_beliefs": {
        "load_digits(": "load_digits(n_class=5, ",
        "sample(600": "sample(300",
        "max_trials=24": "max_trials=12",
    },
    "06_cost_and_fairness": {'memberships.csv"': 'memberships.csv", nrows=600', "budget=25": "max_trials=10"},
    "08_your_own_learner": {
        "load_digits(": "load_digits(n_class=5, ",
        "sample(1000": "sample(400",
        "budget=30": "max_trials=12",
        "wait(4)": "wait(1)",
        ', "lightgbm"}': "}",
    },
}
"""Replacements that make the searches of notebooks shorter; the text of each stands once in the notebook."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples in a folder of their own, so that running them leaves nothing behind."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


def execute(notebook: nbformat.NotebookNode, folder: Path, seconds: int = 900) -> None:
    """Run all cells in a folder; their outputs go into the notebook."""
    from nbclient import NotebookClient  # late, with nbconvert: quick runs need neither

    NotebookClient(notebook, timeout=seconds, resources={"metadata": {"path": str(folder)}}).execute()


def executed(path: Path) -> nbformat.NotebookNode:
    """Run a notebook, then its checks in a further cell; returns it with outputs, without that cell."""
    notebook = nbformat.read(path, as_version=4)
    for old, new in SHORTER.get(path.stem, {}).items():
        assert sum(cell.source.count(old) for cell in notebook.cells) == 1, old
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)
    lines = [line.removeprefix("        ") for line in CHECKS[path.stem].strip("\n").splitlines()]
    notebook.cells.append(nbformat.v4.new_code_cell("\n".join(lines)))
    execute(notebook, path.parent)
    notebook.cells.pop()
    return notebook


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """All outputs of its code cells."""
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_every_notebook_has_its_checks() -> None:
    """No example goes unchecked, and they are numbered without a gap."""
    assert [path.stem for path in NOTEBOOKS] == sorted(CHECKS)
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{one:02d}" for one in range(1, len(NOTEBOOKS) + 1)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_committed_without_outputs(path: Path) -> None:
    """A notebook in the repository is valid, has no outputs, links only to files that are there, and loads nothing."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not outputs(notebook)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert not re.search(r"https?://|fetch_\w+\(|read_csv\(\"/|\bpip install", text)
    links = re.findall(r"\]\((?!#)([^)]+)\)", text) + re.findall(r"read_csv\(\"([^\"]+)\"", text)
    assert all((EXAMPLES / link).is_file() for link in links)


@pytest.mark.slow
def test_the_package_is_imported_in_a_kernel(tmp_path: Path) -> None:
    """In a kernel the first import also meets JupyterLab; it raises nothing and says nothing."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("from hitl_widget import AutoMLSession")])
    execute(notebook, tmp_path, 300)
    assert not outputs(notebook)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_shows(path: Path, folder: Path) -> None:
    """It runs from top to bottom without a warning; as a page it has the summary and pictures, without the network."""
    from nbconvert import HTMLExporter

    notebook = executed(folder / path.name)
    found = outputs(notebook)
    noise = [output.text for output in found if output.output_type == "stream" and output.name == "stderr"]
    assert not noise

    page, _ = HTMLExporter().from_notebook_node(notebook)
    summary = page[page.index('class="hitl-static-') :]
    assert "The session when the notebook was saved" in summary
    outcomes = OUTCOME.findall(summary)
    assert any(int(trials) > 0 and phase in ("finished", "paused", "running") for trials, phase in outcomes)
    assert outcomes == FINISHED.get(path.stem, outcomes)
    charts = [output for output in found if "image/svg+xml" in output.get("data", {})]
    assert path.stem == "01_quickstart" or charts
    sessions = sum("hitl-static-" in output.get("data", {}).get("text/html", "") for output in found)
    assert sessions
    assert len(PICTURE.findall(page)) == sessions + len(charts), "each summary has its picture, and each chart is there"
    assert not [output for output in found if "cdn" in output.get("data", {}).get("text/html", "").lower()]


@pytest.mark.slow
def test_nbconvert_keeps_the_outcome(tmp_path: Path) -> None:
    """A page of a notebook that ends as soon as the search does shows the outcome, not a picture from halfway."""
    cells = [
        "import pandas as pd; from hitl_widget import AutoMLSession",
        "df = pd.DataFrame({'a': [n * 7 % 31 for n in range(200)]})",
        "df['b'] = ['x' if n % 7 > 3 else 'y' for n in range(200)]",
        "session = AutoMLSession(df, 'b', max_trials=3, journal='j.db'); session.show()",
        "session.wait()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, tmp_path / "small.ipynb")
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "html", "small.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "small.html").read_text()
    assert OUTCOME.findall(page) == [("3", "finished")]
    assert len(PICTURE.findall(page)) == 1
