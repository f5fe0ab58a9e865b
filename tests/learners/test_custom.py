"""A learner of the person's own joins the search: checked when it is given, fitted in workers, delivered."""

from __future__ import annotations

import functools
import os
import pickle
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hitl_widget.data.task import understand
from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.errors import ConfigError
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel, make_blend
from hitl_widget.evaluation.holdout import measure_holdout
from hitl_widget.evaluation.trust import sign, verified
from hitl_widget.evaluation.user_code import CodeKind, UserCode
from hitl_widget.learners.custom import CustomLearner, facts_of, make_learner, unpack_learner
from hitl_widget.learners.short_form import parameters_from
from hitl_widget.testing import Outcomes
from hitl_widget.workers.contract import Call
from hitl_widget.workers.executors import InProcessExecutor, ProcessExecutor

TARGETS = {"binary": "good", "multiclass": "kind", "regression": "amount"}
KNN = {"n_neighbors": (1, 50), "weights": ["uniform", "distance"]}


def frame(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, n))
    return pd.DataFrame(
        {
            "x": np.where(rng.random(n) < 0.1, np.nan, x),
            "z": z,
            "town": rng.choice(list("abc"), n),
            "good": np.where(x + 0.5 * z + 0.3 * rng.normal(size=n) > 0, "yes", "no"),
            "kind": np.array(["red", "green", "blue"])[np.digitize(x + 0.2 * rng.normal(size=n), [-0.5, 0.5])],
            "amount": np.exp(x + 0.3 * z),
        }
    )


def context(folder: Path, kind: str = "binary", **arguments: Any) -> tuple[Context, pd.DataFrame]:
    target = TARGETS[kind]
    data = frame().drop(columns=[name for name in TARGETS.values() if name != target])
    write_context(folder, understand(data, target, **arguments), 0)
    return open_context(folder), data.drop(columns=target)


def task(kind: str = "binary", **arguments: Any):
    target = TARGETS[kind]
    return understand(frame().drop(columns=[n for n in TARGETS.values() if n != target]), target, **arguments).task


def add(ctx: Context, name: str, estimator: Any, space: dict[str, Any], **more: Any) -> tuple[Any, ...]:
    """Do what the controller does with the command; return the parameters."""
    _, parameters, code = make_learner(name, estimator, space, ctx.task, **more)
    UserCode(ctx.folder).keep(CodeKind.LEARNER, name, code)
    return parameters


@pytest.fixture
def notebook() -> Iterator[Any]:
    """Define what cells of a notebook would: in ``__main__``, with helpers and imports of their own."""
    main = sys.modules["__main__"]
    before = set(main.__dict__)
    cell = """
        import numpy as helper_library

        def distance(X, row):
            return helper_library.abs(X - row).sum(axis=1)

        class Nearest:
            "No scikit-learn class at all: fit returns nothing, there are no classes_, and it writes into X."
            def __init__(self, k=3):
                self.k = k
            def fit(self, X, y):
                self.mean_ = X.mean(axis=0)
                X -= self.mean_
                self.X_, self.y_ = X, y
            def predict_proba(self, X):
                X -= self.mean_
                near = [helper_library.argsort(distance(self.X_, row))[: self.k] for row in X]
                count = self.y_.max() + 1
                return helper_library.array([helper_library.bincount(self.y_[one], minlength=count) / self.k
                                             for one in near])
            def predict(self, X):
                return self.predict_proba(X).argmax(axis=1)
    """
    exec(textwrap.dedent(cell), main.__dict__)
    yield main
    for name in set(main.__dict__) - before:
        del main.__dict__[name]


# -- from the short form to hyperparameters ---------------------------------------------------------------------------


def test_the_short_form_becomes_hyperparameters() -> None:
    """Pairs are ranges, whole when both bounds are; "log" is a scale, a list holds choices, a value is fixed."""
    found = parameters_from("me", {"a": (1, 50), "b": (1e-3, 10.0, "log"), "c": ["u", "d", None], "d": 2, "e": True})
    assert [one.name for one in found] == ["me.a", "me.b", "me.c", "me.d", "me.e"]
    a, b, c, d, e = found
    assert (a.low, a.high, a.default, a.legal_low) == (1, 50, 25, 1)
    assert isinstance(a, Int)
    assert isinstance(b, Float)
    assert b.log
    assert b.default == pytest.approx(0.1)
    assert (b.legal_low, b.legal_high) == (-np.inf, np.inf)
    assert c == Categorical("me.c", ("u", "d", None), "u", "c")
    assert (d.low, d.high, d.default) == (2, 2, 2)
    assert (e.choices, e.default) == ((True,), True)
    assert parameters_from("me", {}) == ()
    assert Space.from_json(Space(("me",), found).as_json()).parameters == found


def test_present_values_are_the_defaults_and_the_library_says_what_is_legal() -> None:
    """A default inside the range stays; scikit-learn's own limits and words bound what may be widened to."""
    n, p, w, m = parameters_from(
        "knn",
        {"n_neighbors": (2, 50), "p": (1.5, 3.0), "weights": ["distance"], "leaf_size": np.int64(20)},
        KNeighborsClassifier(n_neighbors=7),
    )
    assert (n.default, n.legal_low, n.label) == (7, 1, "n neighbors")
    assert p.default == 2.0
    assert 0 < p.legal_low < 1e-9
    assert w.legal == ("uniform", None)
    assert m.low == m.high == 20
    (whole,) = parameters_from("ridge", {"alpha": (1, 9)}, Ridge())
    assert isinstance(whole, Float)
    (inner,) = parameters_from("p", {"ridge__alpha": (0.1, 9.0)}, make_pipeline(StandardScaler(), Ridge(alpha=3.0)))
    assert (inner.default, inner.legal_low) == (3.0, 0.0)


def test_ready_made_hyperparameters_take_the_family_name() -> None:
    """`Float`, `Int` and `Categorical` are taken as they are, under the family."""
    (one,) = parameters_from("knn", {"p": Float("p", 1.0, 4.0, 1.5, legal_low=1.0)})
    assert one == Float("knn.p", 1.0, 4.0, 1.5, legal_low=1.0, label="p")


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({"p": (1,)}, r'must be \(low, high\), \(low, high, "log"\), a list of choices or one value'),
        ({"p": (1, 2, "logarithmic")}, "a tuple for a range"),
        ({"p": ("a", "b")}, "a list for choices"),
        ({"p": (3, 1)}, "lower bound 3 is above its upper bound 1"),
        ({"C": (0.0, 1.0, "log")}, "a logarithmic scale needs a lower bound above 0"),
        ({"p": []}, "at least one choice"),
        ({"p": (float("nan"), 1.0)}, "must be"),
        ({"p": Float("p", 0.0, 1.0, 2.0)}, "low ≤ default ≤ high"),
        ({"p": Categorical("p", ("a",), "b")}, "not one of its choices"),
        ([("p", 1)], "A space must be a dict"),
    ],
)
def test_a_wrong_form_is_refused(space: Any, words: str) -> None:
    """The sentence names the parameter and the forms there are."""
    with pytest.raises(ConfigError, match=words):
        parameters_from("me", space)


@pytest.mark.parametrize(
    ("space", "words"),
    [
        ({"n_neighbours": (1, 9)}, "KNeighborsClassifier has no parameter 'n_neighbours'. Did you mean 'n_neighbors'"),
        ({"n_neighbors": (0, 9)}, "accepts 1 to inf; the range given is 0 to 9"),
        ({"algorithm": ["autom", "brute"]}, "cannot be 'autom'. Did you mean 'auto'"),
    ],
)
def test_a_space_that_the_estimator_does_not_accept_is_refused(space: Any, words: str) -> None:
    """Before anything runs, in words."""
    with pytest.raises(ConfigError, match=words):
        make_learner("knn", KNeighborsClassifier(), space, task())


# -- what can be a learner --------------------------------------------------------------------------------------------


class Holds(KNeighborsClassifier):
    """A classifier that cannot be pickled."""

    def __init__(self, lock: Any = None) -> None:
        super().__init__()
        self.lock = lock

    def __sklearn_clone__(self) -> Holds:
        return self


@pytest.mark.parametrize(
    ("name", "estimator", "words"),
    [
        ("lightgbm", KNeighborsClassifier(), "A family named 'lightgbm' already exists"),
        ("mine", KNeighborsClassifier(), "A family named 'mine' already exists"),
        ("my knn", KNeighborsClassifier(), "a short name"),
        ("../x", KNeighborsClassifier(), "a short name"),
        ("family", KNeighborsClassifier(), "a short name"),
        (7, KNeighborsClassifier(), "a short name"),
        ("knn", "KNN", "with fit and predict, or a class or function that creates one; got str"),
        ("knn", KNeighborsRegressor(), "is a regressor, and good is a class to predict; give a classifier"),
        ("knn", KMeans(), "is a clusterer"),
        ("knn", StandardScaler(), "StandardScaler has no predict"),
        ("knn", lambda: 3, "has no fit"),
        ("knn", lambda: 1 / 0, "cannot be created with the defaults of its space: ZeroDivisionError"),
        ("knn", Holds(threading.Lock()), "cannot be sent to the workers: TypeError.*make it inside fit"),
    ],
)
def test_what_cannot_be_a_learner_is_refused(name: Any, estimator: Any, words: str) -> None:
    """One sentence says what is wrong and what to do."""
    with pytest.raises(ConfigError, match=words):
        make_learner(name, estimator, {}, task(), taken=["mine"])


def test_a_classifier_is_no_regressor() -> None:
    """The other way round, too."""
    with pytest.raises(ConfigError, match="amount is a number to predict; give a regressor"):
        make_learner("knn", KNeighborsClassifier(), {}, task("regression"))


class Stump:
    """Predicts classes, nothing else."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> None:
        self.column_ = int(np.argmax([abs(np.corrcoef(x, y)[0, 1]) for x in X.T if x.std()]))
        self.sign_ = np.sign(np.corrcoef(X[:, self.column_], y)[0, 1])

    def predict(self, X: np.ndarray) -> np.ndarray:
        return (self.sign_ * X[:, self.column_] > 0).astype(int)


def test_plain_classes_serve_where_the_metric_looks_at_classes(tmp_path) -> None:
    """ROC AUC needs probabilities and says so when the learner is added; accuracy does not."""
    with pytest.raises(ConfigError, match=r'ROC AUC needs probabilities.*metric="accuracy"'):
        make_learner("stump", Stump(), {}, task())
    ctx, X = context(tmp_path, metric="accuracy")
    add(ctx, "stump", Stump, {})
    result = evaluate_fold(ctx, FoldUnit(0, 0, {"family": "stump"}, {}))
    assert result.score > 0.7
    assert set(result.predictions) <= {0.0, 1.0}
    model = make_blend(ctx, [TrialModel(0, {"family": "stump"})])
    assert set(model.predict(X)) == {"yes", "no"}


@pytest.mark.parametrize("estimator", [RidgeClassifier(), SGDClassifier(loss="hinge")])
def test_margins_become_probabilities(tmp_path, estimator: Any) -> None:
    """A classifier with a decision_function alone is calibrated, and scored by ROC AUC."""
    ctx, X = context(tmp_path)
    add(ctx, "margin", estimator, {})
    assert evaluate_fold(ctx, FoldUnit(0, 0, {"family": "margin"}, {})).score > 0.85
    assert make_blend(ctx, [TrialModel(0, {"family": "margin"})]).predict_proba(X).sum(axis=1) == pytest.approx(1)


def test_what_a_configuration_takes_away_costs_that_trial_only(tmp_path) -> None:
    """A learner that gives probabilities by default, but not with some loss, works with both."""
    ctx, _ = context(tmp_path)
    add(ctx, "sgd", SGDClassifier(loss="log_loss"), {"loss": ["log_loss", "hinge"], "alpha": (1e-5, 1e-1, "log")})
    for loss in ("log_loss", "hinge"):
        assert evaluate_fold(ctx, FoldUnit(0, 0, {"family": "sgd", "sgd.loss": loss}, {})).score > 0.85


# -- what is built ----------------------------------------------------------------------------------------------------


def built(estimator: Any, space: dict[str, Any], config: dict[str, Any], kind: str = "binary") -> Any:
    from hitl_widget.learners.base import Job

    one = task(kind)
    learner = unpack_learner("me", make_learner("me", estimator, space, one)[2])
    return learner.build({"family": "me", **config}, Job(one, 100, 3, seed=7))


def test_a_copy_gets_values_seed_and_one_thread() -> None:
    """The instance itself is left alone; seeds and threads reach estimators inside."""
    given = make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss", alpha=0.5, n_jobs=4))
    model = built(given, {"sgdclassifier__alpha": (0.1, 1.0)}, {"me.sgdclassifier__alpha": 0.3})
    assert model[-1].get_params() | {"alpha": 0.3, "random_state": 7, "n_jobs": 1} == model[-1].get_params()
    assert given[-1].get_params() | {"alpha": 0.5, "random_state": None, "n_jobs": 4} == given[-1].get_params()


@pytest.mark.parametrize(
    "maker",
    [
        KNeighborsClassifier,
        functools.partial(KNeighborsClassifier, p=1),
        lambda **params: KNeighborsClassifier(**params),
    ],
    ids=["class", "partial", "function"],
)
def test_a_class_or_a_function_makes_the_estimator(maker: Any) -> None:
    """It is called with the configuration's values."""
    model = built(maker, KNN, {"me.n_neighbors": 9, "me.weights": "distance"})
    assert (model.n_neighbors, model.weights) == (9, "distance")


def test_parameters_inside_what_a_class_is_given_are_set_afterwards() -> None:
    """``GridSearchCV`` is a class with an estimator inside."""
    maker = functools.partial(GridSearchCV, LogisticRegression(), {"fit_intercept": [True, False]})
    model = built(maker, {"estimator__C": (0.1, 10.0, "log")}, {"me.estimator__C": 2.0})
    assert model.estimator.C == 2.0


def test_choices_may_be_any_objects() -> None:
    """What has no JSON form stands in configurations as a word, and reaches the estimator as itself."""
    layers = [(8,), (16, 16)]
    (parameter,) = make_learner("me", MLPClassifier(), {"hidden_layer_sizes": layers}, task())[1]
    assert parameter.choices == ("(8,)", "(16, 16)")
    model = built(MLPClassifier(), {"hidden_layer_sizes": layers}, {"me.hidden_layer_sizes": "(16, 16)"})
    assert model.hidden_layer_sizes == (16, 16)


def test_the_code_is_small_and_its_label_is_kept() -> None:
    """A fitted estimator is not sent with its data; what weighs too much is refused."""
    big = np.zeros((3_000, 3_000))
    fitted = KNeighborsClassifier().fit(big[:, :9], np.arange(3_000) % 2)
    label, parameters, code = make_learner("knn", fitted, KNN, task(), label=" Nearest  rows ")
    assert (label, len(parameters)) == ("Nearest rows", 2)
    learner = unpack_learner("knn", code)
    assert isinstance(learner, CustomLearner)
    assert learner.label == label
    assert facts_of("knn", label)[:2] == (label, learner.story)
    with pytest.raises(ConfigError, match="has .* MB, more than 50, because it contains data"):
        make_learner("knn", lambda: KNeighborsClassifier(metric_params={"w": big}), {}, task())


# -- in the search ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipe", "kind"),
    [
        (recipe, kind) if (recipe, kind) == ("native", "binary") else pytest.param(recipe, kind, marks=pytest.mark.slow)
        for recipe in ("dense", "native")
        for kind in TARGETS
    ],
)
def test_it_is_scored_and_delivered_as_any_other(tmp_path, kind: str, recipe: str) -> None:
    """Folds, holdout and blend work with it alone and beside ours; the result clones, refits and pickles plainly."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    booster = HistGradientBoostingRegressor if kind == "regression" else HistGradientBoostingClassifier
    nearest = KNeighborsRegressor if kind == "regression" else KNeighborsClassifier
    ctx, X = context(tmp_path, kind)
    estimator, space = (nearest(), KNN) if recipe == "dense" else (booster(max_iter=20), {"max_leaf_nodes": (4, 31)})
    add(ctx, "mine", estimator, space, recipe=recipe)
    own = TrialModel(
        0, {"family": "mine"}, files={0: evaluate_fold(ctx, FoldUnit(0, 0, {"family": "mine"}, {})).model_file}
    )
    members = [own, TrialModel(1, {"family": "linear"})]
    best, _ = measure_holdout(ctx, {"best": [own], "ensemble": members})
    floor = evaluate_fold(ctx, FoldUnit(9, 0, {"family": "dummy"}, {})).score
    assert best.score > floor
    model = make_blend(ctx, members)
    answer = model.predict(X)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(X), answer)
    y = frame()[TARGETS[kind]]
    assert clone(model).fit(X[:150], y[:150]).score(X[150:], y[150:]) > (0.3 if kind == "regression" else 0.5)


def outcomes_of(executor: Any, units: list[FoldUnit]) -> dict[str, Any]:
    outcomes = Outcomes()
    for unit in units:
        call = Call("hitl_widget.evaluation.fold:evaluate_fold", (unit,))
        executor.submit(f"{unit.trial}-{unit.fold}", call, outcomes, seconds=120)
    return outcomes.take(len(units))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_workers_that_run_already_take_up_a_class_of_the_notebook(tmp_path, notebook: Any) -> None:
    """The class stands in ``__main__``; it is added after the workers have said that they do not know it."""
    ctx, X = context(tmp_path, "multiclass", metric="roc_auc_ovr")
    config = {"family": "mine", "mine.k": 5}
    executor = ProcessExecutor(2, folder=tmp_path)
    try:
        early = outcomes_of(executor, [FoldUnit(0, fold, config, {}) for fold in range(4)])
        assert all("no family 'mine' here" in one.failure.message for one in early.values())
        assert not UserCode(tmp_path).has_family("mine")
        add(ctx, "mine", notebook.Nearest, {"k": (1, 20)})
        assert UserCode(tmp_path).has_family("mine")
        late = outcomes_of(executor, [FoldUnit(1, fold, config, {}) for fold in range(5)])
    finally:
        executor.close()
    assert {one.failure for one in late.values()} == {None}
    assert all(one.value.score > 0.8 for one in late.values())
    files = {one.value.fold: one.value.model_file for one in late.values()}
    model = make_blend(ctx, [TrialModel(1, config, files=files)])
    assert type(model.estimators_[0][0][-1].model_) is notebook.Nearest
    before = model.predict_proba(X)
    for file in files.values():
        (tmp_path / file).unlink()
    assert make_blend(open_context(tmp_path), [TrialModel(1, config, files=files)]).predict_proba(X) == pytest.approx(
        before
    )
    assert list(clone(model).fit(X, frame()["kind"]).classes_) == ["blue", "green", "red"]


def test_threads_take_it_up_too(tmp_path, notebook: Any) -> None:
    """The in-process executor, on systems that cannot fork, has the same families."""
    ctx, _ = context(tmp_path)
    add(ctx, "mine", notebook.Nearest(k=3), {"k": (1, 20)})
    executor = InProcessExecutor(lambda: open_context(tmp_path))
    found = outcomes_of(executor, [FoldUnit(0, 0, {"family": "mine"}, {})])["0-0"]
    executor.close()
    assert found.failure is None
    assert found.value.score > 0.8


@pytest.mark.slow
def test_a_fresh_kernel_takes_up_a_class_that_is_not_there_any_more(tmp_path, notebook: Any) -> None:
    """The bytes hold the class itself: another process fits it without the notebook's cells having run."""
    ctx, _ = context(tmp_path)
    add(ctx, "mine", notebook.Nearest(k=3), {"k": (1, 20)})
    code = (
        "from hitl_widget.evaluation.context import *; from hitl_widget.evaluation.fitting import *; "
        "from hitl_widget.evaluation.fold import *; "
        f"print(evaluate_fold(open_context({str(tmp_path)!r}), FoldUnit(0, 0, {{'family': 'mine'}}, {{}})).score)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) == evaluate_fold(ctx, FoldUnit(0, 0, {"family": "mine"}, {})).score


@pytest.mark.slow
def test_a_module_beside_the_notebook_may_be_younger_than_the_workers(tmp_path, monkeypatch) -> None:
    """A folder that the kernel imports from now, and a worker has never heard of, goes along with the code."""
    ctx, _ = context(tmp_path / "session")
    (tmp_path / "beside").mkdir()
    text = "from sklearn.neighbors import KNeighborsClassifier\nclass Mine(KNeighborsClassifier): pass"
    (tmp_path / "beside" / "hitl_test_mine.py").write_text(text)
    before = list(sys.path)
    executor = InProcessExecutor(lambda: ctx)
    if hasattr(os, "fork"):
        executor.close()
        executor = ProcessExecutor(1, folder=ctx.folder)
    try:
        outcomes_of(executor, [FoldUnit(0, 0, {"family": "dummy"}, {})])
        monkeypatch.syspath_prepend(str(tmp_path / "beside"))
        add(ctx, "mine", __import__("hitl_test_mine").Mine(), {})
        assert outcomes_of(executor, [FoldUnit(1, 0, {"family": "mine"}, {})])["1-0"].failure is None
    finally:
        executor.close()
        sys.modules.pop("hitl_test_mine", None)
    assert sys.path[1:] == before


def test_code_that_needs_what_is_gone_says_what_to_do(tmp_path) -> None:
    """A module that is not there any more is named, and the way out."""
    UserCode(tmp_path).keep(CodeKind.LEARNER, "knn", pickle.dumps(([], b"cno_such_module\nX\n.")))
    with pytest.raises(ConfigError, match=r"no_such_module.*session.add_learner\('knn', …\)"):
        UserCode(tmp_path).learner("knn")


def test_a_name_never_changes_its_meaning(tmp_path) -> None:
    """The same bytes may be written again, others not; a name is no path."""
    UserCode(tmp_path).keep(CodeKind.LEARNER, "knn", b"a")
    UserCode(tmp_path).keep(CodeKind.LEARNER, "knn", b"a")
    with pytest.raises(ConfigError, match="another name"):
        UserCode(tmp_path).keep(CodeKind.LEARNER, "knn", b"b")
    for name in ("../../x", "knn.pkl", None, 3, ""):
        with pytest.raises(ConfigError, match="no family"):
            UserCode(tmp_path).learner(name)
    with pytest.raises(ConfigError, match="a short name"):
        UserCode(tmp_path / "scratch").keep(CodeKind.LEARNER, "../x", b"code")
    assert not (tmp_path / "x.pkl").exists()


# -- trust ------------------------------------------------------------------------------------------------------------


def test_what_this_user_signed_is_trusted(tmp_path) -> None:
    """Changed, unsigned, shortened or foreign bytes are not."""
    blob = sign(b"code", tmp_path / "mine")
    assert verified(blob, tmp_path / "mine") == b"code"
    for foreign in (blob + b"!", b"code", b"", blob[:31], b"\0" * 32 + b"code"):
        assert verified(foreign, tmp_path / "mine") is None
    assert verified(blob, tmp_path / "another") is None


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_the_secret_is_private(tmp_path) -> None:
    """It is made with mode 600; one that others could read is replaced, and so signs nothing any more."""
    blob = sign(b"code", tmp_path)
    secret = tmp_path / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]
    secret.chmod(0o644)
    assert verified(blob, tmp_path) is None
    assert verified(sign(b"code", tmp_path), tmp_path) == b"code"


def test_many_threads_make_one_secret(tmp_path) -> None:
    """Whoever comes second takes the first one's."""
    blobs: list[bytes] = []
    threads = [threading.Thread(target=lambda: blobs.append(sign(b"code", tmp_path))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(blobs)) == 1


def test_without_a_place_for_the_secret_a_process_trusts_itself(tmp_path) -> None:
    """A folder that cannot be made costs trust after a restart, not the session."""
    (tmp_path / "file").write_text("")
    blob = sign(b"code", tmp_path / "file" / "folder")
    assert verified(blob, tmp_path / "file" / "folder") == b"code"
