"""Every module has its mirror: a test module that imports from it, or one that is named here and meets it otherwise."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Modules that no test imports from, under the tests that meet them through another module, a session or a contract.
ELSEWHERE = {
    "advise": """
        advise.grouping advise.names advise.rules.columns advise.rules.duplicates advise.rules.groups
        advise.rules.leaks advise.rules.missing_cells advise.rules.missing_codes advise.rules.order
        advise.rules.shift advise.rules.target advise.rules.target_made advise.scale advise.survey
        advise.view
    """,
    "explain": """
        charts.marks charts.pictures explain.concepts explain.contributions explain.jobs explain.learning
        explain.model_source explain.options explain.phrases explain.wording
    """,
    "data": """
        data.cells data.date_notes data.durations data.hints data.number_texts data.roles data.rows data.skill
        data.unread
    """,
    "domain": """
        domain.arguments domain.commands.answers domain.commands.beliefs domain.commands.lifecycle
        domain.commands.notes domain.commands.preferences domain.commands.space domain.commands.trials
        domain.commands.undo domain.data_preview domain.labels domain.proposal domain.ranking
        domain.spelling
    """,
    "engine": """
        engine.acts engine.artifacts engine.assemble engine.background engine.backlog engine.blending
        engine.code_store engine.context engine.engine engine.handlers.base engine.handlers.outside
        engine.initiative engine.measuring engine.orders engine.phases engine.places engine.ports
        engine.proposals engine.publisher engine.retention engine.scalarizer engine.scheduler
        engine.rescoring
    """,
    "evaluation/test_measures.py": """
        evaluation.prediction_measures
    """,
    "learners": """
        learners.blend learners.blueprint learners.catboost learners.catboost_codes learners.dummy
        learners.extra_trees learners.forest learners.legal learners.lightgbm learners.linear learners.mlp
        learners.random_forest learners.svm learners.tree learners.xgboost
    """,
    "preference": """
        preference.answers preference.posterior preference.prior
    """,
    "report": """
        report.facts
    """,
    "session": """
        session.data session.display session.facade session.frames session.labels session.models session.opening
        session.preferences session.preparation session.views
    """,
    "contracts": """
        testing.executor testing.isolation testing.journal testing.learner testing.sampler testing.view
        workers.source
    """,
    "widget": """
        widget.kernel widget.pack widget.requests widget.show widget.startup widget.static_output
        widget.wire.envelope widget.wire.explanations widget.wire.journal widget.wire.shared
        widget.wire.space
    """,
    "contracts/test_executors.py": """
        workers.fork_server workers.loop workers.supervisor
    """,
    "contracts/test_template.py": """
        workers.control workers.template
    """,
}


@functools.cache
def modules() -> frozenset[str]:
    """All modules of the package, without its folders' `__init__`."""
    files = (path for path in (ROOT / "hitl_widget").rglob("*.py") if path.name != "__init__.py")
    return frozenset(".".join(path.relative_to(ROOT).with_suffix("").parts[1:]) for path in files)


@functools.cache
def mirrored() -> frozenset[str]:
    """The modules that some test imports from."""
    found = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hitl_widget"):
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    return frozenset(name.removeprefix("hitl_widget.") for name in found) & modules()


def elsewhere() -> list[str]:
    """The modules of the table."""
    return " ".join(ELSEWHERE.values()).split()


def test_every_module_has_its_mirror() -> None:
    """A new module comes with a test that imports from it."""
    missing = sorted(modules() - mirrored() - set(elsewhere()))
    assert not missing, "no test imports from: " + ", ".join(missing)


def test_the_table_names_what_is_there() -> None:
    """Each module of the table exists, once, and so do the tests beside it."""
    assert sorted(elsewhere()) == sorted(set(elsewhere()) & modules())
    assert not [place for place in ELSEWHERE if not (ROOT / "tests" / place).exists()]
