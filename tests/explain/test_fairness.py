"""An audit gives each group's figures with their uncertainty, and the largest difference without a verdict."""

import sys
import time
from dataclasses import replace
from subprocess import run

import numpy as np
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from sklearn.metrics import get_scorer

from hitl_widget.domain.intervals import Interval, wilson
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind, Split, SplitScheme, Task
from hitl_widget.explain.fairness import audit
from hitl_widget.explain.intervals import SCORES, score_interval
from hitl_widget.learners.scoring import score

LABELS = ("a", "b", "c")


def task(kind: Kind = Kind.BINARY, metric: str = "roc_auc") -> Task:
    classes = {Kind.BINARY: ("no", "yes"), Kind.MULTICLASS: ("r", "g", "b"), Kind.REGRESSION: ()}[kind]
    positive = "yes" if kind is Kind.BINARY else None
    split = Split(SplitScheme.KFOLD, 5)
    return Task("y", kind, metric_named(metric), (), split, 100, classes=classes, positive=positive)


def binary(n: int = 900, seed: int = 0, shift=(0.0, 0.25, 0.05)):
    """Labels, probabilities and groups; the second group is predicted positive more often."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, len(shift), n)
    y = rng.integers(0, 2, n)
    p = np.clip(0.25 + 0.4 * y + np.asarray(shift)[codes] + 0.2 * rng.normal(size=n), 0, 1)
    return y, p.astype(np.float32), codes


def test_differences_are_fairlearns() -> None:
    """Demographic parity and equalised odds agree with the library that the workers use."""
    y, p, codes = binary()
    found = audit(task(), y, p, codes, LABELS)
    decided = p >= 0.5
    assert found.demographic_parity.value == pytest.approx(
        demographic_parity_difference(y, decided, sensitive_features=codes)
    )
    assert found.equalised_odds.value == pytest.approx(equalized_odds_difference(y, decided, sensitive_features=codes))
    rates = {one.label: one.selection_rate.value for one in found.groups}
    assert found.demographic_parity.high == max(rates, key=rates.get) == "b"
    assert found.demographic_parity.low == min(rates, key=rates.get)


def test_figures_of_a_group_are_counted_on_its_rows() -> None:
    y, p, codes = binary()
    found = audit(task(), y, p, codes, LABELS)
    assert [one.label for one in found.groups] == list(LABELS)
    assert sum(one.rows for one in found.groups) == 900
    assert sum(one.share for one in found.groups) == pytest.approx(1)
    for code, one in enumerate(found.groups):
        truth, said = y[codes == code], p[codes == code] >= 0.5
        assert one.selection_rate.value == pytest.approx(said.mean())
        assert one.true_positive_rate.value == pytest.approx(said[truth == 1].mean())
        assert one.true_positive_rate.rows == one.positives == truth.sum()
        assert one.false_positive_rate.value == pytest.approx(said[truth == 0].mean())
        assert one.score.value == pytest.approx(score(task(), truth, p[codes == code]))
        assert one.score.low < one.score.value < one.score.high
        assert not one.small
        assert not one.few_cases
        assert one.mean_error is None
    assert found.worst == min(found.groups, key=lambda one: one.score.value).label


def test_wilson_agrees_with_its_formula_and_stays_inside() -> None:
    """The interval holds those shares from which the observed one is within 1.96 standard errors."""
    for hits, rows in ((3, 10), (50, 100), (1, 400)):
        one = wilson(hits, rows)
        for end in (one.low, one.high):
            assert abs(one.value - end) == pytest.approx(1.959964 * np.sqrt(end * (1 - end) / rows))
    assert wilson(0, 5).low == 0.0
    assert wilson(5, 5).high == 1.0
    assert wilson(0, 0) is None


CASES = [(Kind.BINARY, name) for name in sorted(SCORES) if not name.endswith(("error", "r2", "percentage_error"))]
CASES += [(Kind.MULTICLASS, name) for name in ("accuracy", "balanced_accuracy", "f1_macro", "f1_weighted")]
CASES += [(Kind.MULTICLASS, name) for name in ("neg_log_loss", "neg_brier_score", "roc_auc_ovr")]
CASES += [(Kind.REGRESSION, name) for name in sorted(SCORES) if name.endswith("error") or name == "r2"]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_scores_are_scikit_learns(kind: Kind, name: str) -> None:
    """Each score, with ties among the predictions, and a resample as the same rows repeated."""
    rng = np.random.default_rng(1)
    if kind is Kind.BINARY:
        y, p, _ = binary(300)
        p = np.round(p, 1)
    elif kind is Kind.MULTICLASS:
        y = rng.integers(0, 3, 300)
        p = rng.dirichlet([1, 1, 1], 300) + 0.4 * np.eye(3)[y]
        p /= p.sum(axis=1, keepdims=True)
    else:
        y = rng.gamma(3, size=300)
        p = y * np.exp(0.2 * rng.normal(size=300))
    get_scorer(name)
    one = score_interval(name, y, p, rng)
    assert one.value == pytest.approx(score(task(kind, name), y, p), rel=1e-6)
    assert one.low < one.value < one.high
    drawn = rng.integers(0, 300, 300)
    weights = np.bincount(drawn, minlength=300).astype(float)[None]
    again = SCORES[name](y, np.asarray(p, np.float64), weights)[0]
    assert again == pytest.approx(score(task(kind, name), y[drawn], p[drawn]), rel=1e-6)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Of a hundred samples, the interval misses the known score in a few, with many rows and with few."""
    rng = np.random.default_rng(0)
    for n in (150, 5000):
        held = 0
        for _ in range(100):
            one = score_interval("neg_mean_squared_error", rng.normal(size=n), np.zeros(n), rng)
            held += one.low <= -1.0 <= one.high
        assert 87 <= held <= 99
    assert one.high - one.low == pytest.approx(2 * 1.96 * np.sqrt(2 / 5000), rel=0.25)


def test_no_error_so_far_is_not_no_error() -> None:
    """The interval of a perfect accuracy goes below one."""
    y = np.array([0, 1] * 20)
    one = score_interval("accuracy", y, y * 0.8 + 0.1, np.random.default_rng(0))
    assert one.value == one.high == 1.0
    assert 0.9 < one.low < 0.93


def test_small_groups_are_shown_and_not_compared() -> None:
    """A group of three rows would otherwise make every largest difference."""
    y, p, codes = binary(300, shift=(0.0, 0.0))
    y, p, codes = np.r_[y, 1, 1, 1], np.r_[p, 0.0, 0.0, 0.0], np.r_[codes, 2, 2, 2]
    found = audit(task(), y, p, codes, LABELS)
    tiny = found.groups[2]
    assert tiny.small
    assert tiny.few_cases
    assert tiny.rows == 3
    assert tiny.scorer == "accuracy"
    assert tiny.score.value == 0.0
    assert tiny.false_positive_rate is None
    assert {found.demographic_parity.high, found.demographic_parity.low} == {"a", "b"}
    assert found.worst in ("a", "b")
    assert "1 group with fewer than 30 rows is left out." in found.sentence


def test_few_positives_do_not_decide_the_rates_among_them() -> None:
    """A group with four positives has a selection rate to compare and no true positive rate."""
    y, p, codes = binary(900)
    y = np.where((codes == 2) & (np.cumsum((codes == 2) & (y == 1)) > 4), 0, y)
    found = audit(task(), y, p, codes, LABELS)
    assert found.groups[2].positives == 4
    assert found.groups[2].few_cases
    assert not found.groups[2].small
    kept = codes < 2
    assert found.equalised_odds.value == pytest.approx(
        equalized_odds_difference(y[kept], p[kept] >= 0.5, sensitive_features=codes[kept])
    )


def test_the_sentence_says_the_largest_difference() -> None:
    """With shares, intervals and groups, and that figures do not decide."""
    y, p, codes = binary(3000, shift=(0.0, 0.25))
    found = audit(task(), y, p, codes, ("men", "women"))
    largest = max(found.demographic_parity, found.equalised_odds, key=lambda one: one.value)
    assert largest.of == "false positive rate"
    group = {one.label: one.false_positive_rate for one in found.groups}
    assert found.sentence.startswith("Largest difference: among rows without y = yes, the share predicted yes is ")
    assert f"{100 * group['women'].value:.0f}% (" in found.sentence
    assert " for “women” and " in found.sentence
    assert "the intervals do not overlap" in found.sentence
    assert found.sentence.endswith("These figures do not decide whether a difference is fair.")
    same = audit(task(), *binary(200, shift=(0.0, 0.0)), ("men", "women"))
    assert "the intervals overlap" in same.sentence
    for one in (found, same):
        assert " fair" not in one.sentence.removesuffix("These figures do not decide whether a difference is fair.")


def test_equal_groups_are_called_equal() -> None:
    y, p, _ = binary(100)
    found = audit(task(), np.r_[y, y], np.r_[p, p], np.repeat([0, 1], 100), ("a", "b"))
    assert found.demographic_parity.value == 0
    assert "is the same in all comparable groups" in found.sentence


def test_one_group_has_nothing_to_compare_with() -> None:
    y, p, _ = binary(100)
    found = audit(task(), y, p, np.zeros(100, int), ("a", "b"))
    assert (found.demographic_parity, found.equalised_odds, found.score) == (None, None, None)
    assert found.sentence.startswith("Nothing to compare: 1 group has at least 30 rows.")


def test_classes_and_numbers_are_compared_by_score() -> None:
    """More than two classes have no selection rate; numbers have a mean error, and RMSE reads as people read it."""
    rng = np.random.default_rng(0)
    codes, y = np.repeat([0, 1], 200), rng.integers(0, 3, 400)
    p = rng.dirichlet([1, 1, 1], 400) + np.where(codes == 0, 0.6, 0.2)[:, None] * np.eye(3)[y]
    several = audit(task(Kind.MULTICLASS, "accuracy"), y, p / p.sum(axis=1, keepdims=True), codes, ("a", "b"))
    assert several.demographic_parity is None
    assert several.groups[0].selection_rate is None
    assert (several.worst, several.score.low, several.score.overlap) == ("b", "b", False)
    assert several.sentence.startswith("Largest difference: accuracy is 0.")
    y = rng.normal(size=400)
    off = y + np.where(codes == 0, 0.1, 0.5) * rng.normal(size=400) + 0.3 * codes
    numbers = audit(task(Kind.REGRESSION, "rmse"), y, off, codes, ("a", "b"))
    assert numbers.groups[1].mean_error.value == pytest.approx((off - y)[200:].mean())
    assert numbers.groups[1].mean_error.low < 0.3 < numbers.groups[1].mean_error.high
    assert numbers.worst == "b"
    assert numbers.sentence.startswith("Largest difference: RMSE is 0.1")


def test_a_metric_that_is_not_resampled_here_gives_way_to_a_plain_one() -> None:
    y, p, codes = binary()
    found = audit(task(metric="matthews_corrcoef"), y, p, codes, LABELS)
    assert {one.scorer for one in found.groups} == {"accuracy"}
    assert found.worst is not None


@pytest.mark.parametrize("kind", [Kind.BINARY, Kind.MULTICLASS])
def test_an_audit_is_repeatable_and_quick(kind: Kind) -> None:
    """The same figures each time, for twenty thousand rows in a moment, however many groups and classes."""
    y, p, codes = binary(20_000)
    about = task()
    if kind is Kind.MULTICLASS:
        rng = np.random.default_rng(1)
        y, p, codes = rng.integers(0, 8, 20_000), rng.dirichlet(np.ones(8), 20_000), rng.integers(0, 13, 20_000)
        about = replace(task(kind, "roc_auc_ovr"), classes=tuple("abcdefgh"))
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        found = audit(about, y, p, codes, [f"g{i}" for i in range(13)])
        seconds.append(time.process_time() - begun)
    assert found == audit(about, y, p, codes, [f"g{i}" for i in range(13)])
    assert {one.scorer for one in found.groups} == {about.metric.scorer}
    assert min(seconds) < 0.6


@pytest.mark.parametrize("rows", [1, 2, 3])
@pytest.mark.parametrize("kind", Kind)
def test_figures_of_the_smallest_groups_are_finite(kind: Kind, rows: int) -> None:
    """They go to the dashboard as JSON, which knows no infinity."""
    metric = {Kind.BINARY: "roc_auc", Kind.MULTICLASS: "roc_auc_ovr", Kind.REGRESSION: "r2"}[kind]
    y, codes = np.arange(40 + rows) % 2, np.r_[np.zeros(40, int), np.ones(rows, int)]
    p = np.linspace(0, 1, 40 + rows)
    p = np.column_stack([p, 1 - p, p]) / (1 + p)[:, None] if kind is Kind.MULTICLASS else p
    tiny = audit(task(kind, metric), y, p, codes, ("a", "b")).groups[1]
    figures = [tiny.score, tiny.selection_rate, tiny.true_positive_rate, tiny.false_positive_rate, tiny.mean_error]
    held = [one for one in figures if one is not None]
    assert held
    assert np.isfinite([(one.low, one.value, one.high) for one in held]).all()
    assert tiny.small


def test_an_audit_loads_no_learning_library() -> None:
    """It runs in the kernel, where scikit-learn would take seconds."""
    code = (
        "import sys, hitl_widget.explain.fairness, hitl_widget.explain.pictures\n"
        "print(*({'sklearn', 'scipy', 'fairlearn'} & set(sys.modules)))"
    )
    ran = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_intervals_overlap_where_they_share_a_number() -> None:
    one = Interval(0.5, 0.4, 0.6, 10)
    assert one.overlaps(replace(one, low=0.6, high=0.9))
    assert not one.overlaps(replace(one, low=0.61, high=0.9))
