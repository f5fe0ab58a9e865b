from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.data.objectives import (
    active,
    checked_constraint,
    checked_objectives,
    main_objective,
    objective_named,
    offered,
    sensitive_columns,
    wanted,
)
from hitl_widget.data.scorers import BINARY, CLASSES, NUMBERS
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.objective import Source, metric_named
from hitl_widget.domain.preference import NO_PREFERENCES, Preferences
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.domain.trial import Author, Fold, Origin, Trial, TrialState
from hitl_widget.errors import CommandError

EVIL = "<img src=x onerror=alert(1)>"
COLUMNS = (
    Column("age", Role.NUMERIC, "", distinct=60),
    Column("town", Role.CATEGORICAL, "", distinct=3),
    Column("a:b", Role.CATEGORICAL, "", distinct=2),
    Column(EVIL, Role.CATEGORICAL, "", distinct=2),
    Column("id", Role.IGNORED, "", distinct=100),
    Column("sex", Role.IGNORED, "", distinct=2),
    Column("same", Role.IGNORED, "", distinct=1),
)


def task(kind=Kind.BINARY, metric=None):
    metric = metric or {Kind.BINARY: "auc", Kind.MULTICLASS: "log_loss", Kind.REGRESSION: "rmse"}[kind]
    classes = {Kind.BINARY: ("no", "yes"), Kind.MULTICLASS: ("a", "b", "c"), Kind.REGRESSION: ()}[kind]
    return Task("y", kind, metric_named(metric), COLUMNS, Split(SplitScheme.KFOLD, 3), 100, classes=classes)


KINDS = [Kind.BINARY, Kind.MULTICLASS, Kind.REGRESSION]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_offered_is_found_by_its_name(kind):
    """What the dashboard lists can be asked for, once each, the metric of the task first."""
    one = task(kind)
    found = offered(one)
    assert found[0] == main_objective(one)
    assert len({each.name for each in found}) == len(found)
    assert [objective_named(each.name, one) for each in found] == found
    assert all(each.story for each in found)
    assert ("calibration" in {each.name for each in found}) == (kind is not Kind.REGRESSION)


@pytest.mark.parametrize(
    ("name", "kind", "canonical"),
    [
        ("auc", Kind.BINARY, "roc_auc"),
        ("score", Kind.BINARY, "roc_auc"),
        ("score", Kind.REGRESSION, "neg_root_mean_squared_error"),
        (" predict_ms ", Kind.BINARY, "predict_ms"),
        ("log_loss", Kind.BINARY, "neg_log_loss"),
        ("brier", Kind.BINARY, "neg_brier_score"),
        ("brier_score", Kind.BINARY, "neg_brier_score"),
        ("RMSE", Kind.REGRESSION, "neg_root_mean_squared_error"),
        ("mean_absolute_error", Kind.REGRESSION, "neg_mean_absolute_error"),
        ("mae", Kind.REGRESSION, "neg_mean_absolute_error"),
        ("max_error", Kind.REGRESSION, "neg_max_error"),
        ("demographic_parity:town", Kind.BINARY, "demographic_parity:town"),
        ("equalised_odds: sex ", Kind.BINARY, "equalised_odds:sex"),
        ("worst_group:a:b", Kind.MULTICLASS, "worst_group:a:b"),
        (f"worst_group:{EVIL}", Kind.REGRESSION, f"worst_group:{EVIL}"),
    ],
)
def test_short_names_mean_the_canonical_ones(name, kind, canonical):
    """However it is spelled, an objective has one name in the record."""
    assert objective_named(name, task(kind)).name == canonical


def test_the_size_is_that_of_the_delivered_model():
    """It is that of the largest fold until the refitted model is measured, also in rules of older journals."""
    sizes = tuple(Fold(fold, 0.5, model_bytes=1_000_000 * (fold + 1)) for fold in (0, 2, 1))
    complete = TrialState.COMPLETE
    trial = Trial(0, {"family": "linear"}, Author.MACHINE, Origin.START, state=complete, folds=sizes, score=0.5)
    refitted = objective_named("size_mb", task(Kind.REGRESSION))
    assert (refitted.value(trial), refitted.estimated(trial)) == (3.0, True)
    known = replace(trial, measures={"size_mb": 4.5})
    assert (refitted.value(known), refitted.estimated(known)) == (4.5, False)
    rule = checked_constraint("size_mb < 4", True, task(Kind.REGRESSION), Preferences(), ("linear",))
    assert (rule.violation(trial), rule.violation(known)) == (0.0, 0.5)
    assert Constraint.from_json(rule.as_json()) == rule
    recorded = Constraint.from_json({**rule.as_json(), "source": "folds"})
    assert recorded.violation(replace(trial, folds=sizes[:1])) == 0.0


def test_the_metric_is_the_score_itself_in_any_spelling():
    """Only the metric of the task is read from the scores; another scorer is measured on predictions."""
    one = task(Kind.REGRESSION)
    assert objective_named("rmse", one).source is Source.SCORE
    assert objective_named("mae", one).source is Source.PREDICTIONS
    assert objective_named("predict_ms", one).source is Source.MODEL


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("predict_mss", Kind.BINARY, "Did you mean 'predict_ms'"),
        ("acuracy", Kind.BINARY, "Did you mean 'accuracy'"),
        ("xyz", Kind.BINARY, "Known: roc_auc, predict_ms"),
        ("", Kind.BINARY, "must be a string"),
        (None, Kind.BINARY, "must be a string"),
        (["auc"], Kind.BINARY, "must be a string"),
        ("x" * 10_000, Kind.BINARY, "There is no objective"),
        ("rmse", Kind.BINARY, "is for regression"),
        ("r2", Kind.MULTICLASS, "is for regression"),
        ("accuracy", Kind.REGRESSION, "is for classification"),
        ("auc", Kind.REGRESSION, "is for classification"),
        ("auc", Kind.MULTICLASS, "Use 'roc_auc_ovr'"),
        ("f1", Kind.MULTICLASS, "Use 'f1_macro'"),
        ("calibration", Kind.REGRESSION, "this task is a regression"),
        ("demographic_parity:town", Kind.MULTICLASS, "Use 'worst_group:town'"),
        ("equalised_odds:town", Kind.REGRESSION, "Use 'worst_group:town'"),
        ("worst_group:twon", Kind.BINARY, "Did you mean 'town'"),
        ("worst_group:", Kind.BINARY, "There is no column ''"),
        ("fairness:town", Kind.BINARY, "The part before the colon must be one of demographic_parity"),
        (f"worst_group:{EVIL}x", Kind.BINARY, "Did you mean"),
    ],
)
def test_what_does_not_suit_is_refused_with_what_does(name, kind, said):
    """A typo gets a hint, another kind of task its reason."""
    with pytest.raises(CommandError) as refusal:
        objective_named(name, task(kind))
    assert said in str(refusal.value)
    assert len(str(refusal.value)) < 1000


def test_an_objective_of_ones_own_is_read_as_it_was_said():
    """Its label, unit and direction are the person's, and it is measured on predictions."""
    own = {"label": EVIL, "direction": "higher", "unit": "€", "kind": "function"}
    found = objective_named("profit", task(), {"profit": own})
    assert (found.label, found.direction, found.unit, found.source) == (EVIL, "higher", "€", Source.PREDICTIONS)
    assert found in offered(task(), {"profit": own})


def test_the_worst_group_is_read_like_the_metric():
    """For a loss lower is better, and the value is shown as people read it."""
    assert objective_named("worst_group:town", task()).direction == "higher"
    found = objective_named("worst_group:town", task(Kind.REGRESSION))
    assert (found.direction, found.sign) == ("lower", -1)


def test_objectives_are_named_once_with_the_metric_first():
    """Spelled twice is said once; more than eight nobody can compare."""
    names = ("predict_ms", "auc", "accuracy", " predict_ms", "roc_auc")
    assert checked_objectives(names, task(), NO_PREFERENCES) == ("roc_auc", "predict_ms", "accuracy")
    assert checked_objectives((), task(), NO_PREFERENCES) == ("roc_auc",)
    many = [one.name for one in offered(task())][:9]
    with pytest.raises(CommandError, match="At most 8"):
        checked_objectives(many, task(), NO_PREFERENCES)


def test_what_is_measured_covers_what_was_asked():
    """Today's objectives, what constraints are on, and the usual ones, each once."""
    rule = checked_constraint("gap < 0.1", True, task(), NO_PREFERENCES, ())
    said = Preferences(("roc_auc", "accuracy"), (rule,))
    assert [one.name for one in active(task(), said)] == ["roc_auc", "accuracy"]
    assert [one.name for one in wanted(task(), said)] == ["roc_auc", "accuracy", "gap", "predict_ms", "complexity"]
    assert [one.name for one in active(task(), NO_PREFERENCES)] == ["roc_auc", "predict_ms", "complexity"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_of_a_limit_means_the_same_limit(kind):
    """Read again as a person would write it, on every scorer of the task, it is the same constraint."""
    one = task(kind)
    suiting = NUMBERS if kind is Kind.REGRESSION else (CLASSES if kind is Kind.MULTICLASS else BINARY | CLASSES)
    names = [*sorted(suiting - {"top_k_accuracy"}), "predict_ms", "worst_group:a:b", f"worst_group:{EVIL}"]
    for name in names:
        for spelled in {name, name.removeprefix("neg_")}:
            for op in ("<", "<=", ">", ">="):
                rule = checked_constraint(f"{spelled} {op} 0.25", True, one, NO_PREFERENCES, ())
                assert checked_constraint(rule.text, True, one, NO_PREFERENCES, ()) == rule, (spelled, rule)


def test_a_limit_on_the_score_itself_is_turned_round():
    """A negative RMSE of at least -30 is an RMSE of at most 30."""
    one = task(Kind.REGRESSION)
    said = checked_constraint("neg_root_mean_squared_error >= -30", True, one, NO_PREFERENCES, ())
    assert said == checked_constraint("rmse <= 30", True, one, NO_PREFERENCES, ())
    assert (said.op, said.limit, said.sign) == ("<=", 30.0, -1)


def test_families_of_a_constraint_are_known_ones():
    """A family that is not searched cannot be required."""
    rule = checked_constraint("family in linear, tree", False, task(), NO_PREFERENCES, ("linear", "tree"))
    assert rule.families == ("linear", "tree")
    with pytest.raises(CommandError, match="There is no family 'svm'. Known families: linear, tree"):
        checked_constraint("family in linear, svm", True, task(), NO_PREFERENCES, ("linear", "tree"))


def test_columns_that_may_hold_groups_are_offered():
    """Few values or numbers, also of columns that no model reads; neither an id nor what is always the same."""
    found = sensitive_columns(task())
    assert set(found) == {"age", "town", "a:b", EVIL, "sex"}
    assert found[-1] == "age"
    many = replace(task(), columns=tuple(Column(f"c{i}", Role.NUMERIC, "", distinct=9) for i in range(100)))
    assert len(sensitive_columns(many)) == 24
