"""Wrong calls: each gets one sentence with the rule, what came instead and a remedy, and the remedy works.

A remedy is a function of the sentence: it takes the line of Python, the name or the value from it where it has one. The
test carries it out, and the call that failed then works.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.model_selection import KFold

from hitl_widget import AutoMLSession
from hitl_widget.data.task import understand
from hitl_widget.errors import HitlError

N = 60
RNG = np.random.default_rng(0)
DATA = pd.DataFrame(
    {
        "x": RNG.normal(size=N),
        "z": RNG.normal(size=N),
        "c": RNG.choice(["a", "b"], N),
        "g": np.arange(N) % 6,
        "d": pd.date_range("2024", periods=N),
        "y": "no",
        "amount": RNG.normal(size=N),
    }
)
DATA["y"] = np.where(DATA["x"] + 0.3 * RNG.normal(size=N) > 0, "yes", "no")
Call = tuple[Any, dict[str, Any]]


def code(said: str, start: str, scope: dict[str, Any]) -> dict[str, Any]:
    """Run the line of Python that follows some words of a sentence."""
    exec(said.split(start)[1].rstrip("."), scope)
    return scope


def quoted(said: str, start: str) -> str:
    """Return the first quoted text after some words of a sentence."""
    found = re.search(r"""(['"])(.+?)\1""", said.split(start, 1)[1])
    assert found, said
    return found[2]


@dataclass(frozen=True)
class Wrong:
    """A wrong call.

    Parameters
    ----------
    words
        The rule, what came instead and the remedy, as they stand in the sentence.
    remedy
        Returns the table and the arguments of the corrected call.
    data
        The table.
    given
        The arguments, besides ``target="y"``.
    """

    words: tuple[str, ...]
    remedy: Callable[[str], Call]
    data: Any = field(default_factory=lambda: DATA)
    given: dict[str, Any] = field(default_factory=dict)


def instead(data: Any = DATA, **given: Any) -> Callable[[str], Call]:
    return lambda said: (data, given)


def hinted(argument: str, start: str, **given: Any) -> Callable[[str], Call]:
    return lambda said: (DATA, {**given, argument: quoted(said, start)})


def of_target(name: str, cells: Any) -> pd.DataFrame:
    return DATA.assign(**{name: cells})


CSV = "wrong_calls.csv"
TEXTS = [f"id {i}" for i in range(N)]
INFINITE = np.where(np.arange(N) % 5, DATA["x"], np.inf)
MIXED = ["a" if i % 4 == 0 else str(v) for i, v in enumerate(DATA["x"])]
RARE = ["a"] * 30 + ["b"] * 29 + ["c"]
DAYS = [f"{v:.1f} days" for v in DATA["x"].abs() + 1]
HALVES = [(list(range(30)), list(range(30, 60)))]
DOUBLED = DATA[["x", "x", "y"]]
ARROW = pa.table([pa.array(DATA["x"]), pa.array(DATA["z"]), pa.array(DATA["y"])], names=["x", "x", "y"])

TABLES = [
    # tables
    Wrong(("must be a table", "got str", "Read the file first"), lambda said: (
        eval(said.split("first: ")[1].rstrip("."), {"pandas": pd}), {}), CSV),
    Wrong(("must be a table", "got NoneType", "Give one"), instead(), None),
    Wrong(("must be a table", "got int", "Give one"), instead(), 7),
    Wrong(("columns but no rows", "Check the file or the filter"), instead(), DATA.iloc[:0]),
    Wrong(("has 1 row", "at least 10", "Add rows"), instead(DATA.iloc[:10]), DATA.iloc[:1]),
    Wrong(("At least 10 rows", "has 9", "Add rows"), instead(DATA.iloc[:10]), DATA.iloc[:9]),
    Wrong(("only the target 'y'", "Add feature columns"), instead(), DATA[["y"]]),
    Wrong(("must be unique", "'x' occurs 2 times", "for example"), lambda said: (
        code(said, "for example ", {"df": DOUBLED})["df"], {}), DOUBLED),
    Wrong(("must be unique", "'x' occurs 2 times", "for example"), lambda said: (
        code(said, "for example ", {"table": ARROW})["table"], {}), ARROW),
    Wrong(("2-d array", "1 dimension", "Reshape it"), instead(np.arange(N * 2).reshape(N, 2) % 7, target=1),
          np.arange(9)),
    Wrong(("do not form a table", "same length", "same number of values"), instead({"x": [1, 2] * 9, "y": [0, 1] * 9}),
          {"x": [1, 2], "y": [1]}),
    Wrong(("No feature is left", "in 'n', each cell holds a list", "Expand it"), instead(
        pd.DataFrame([[1.0, 2.0]] * 30 + [[3.0, 1.0]] * 30).assign(y=DATA["y"])),
        pd.DataFrame({"n": pd.Series([[1.0, 2.0]] * N), "y": DATA["y"]})),
    Wrong(("No feature is left", "constant", 'roles={"column"'), instead(DATA), DATA[["y"]].assign(k=1)),
    # targets
    Wrong(("no target column 'Y'", "Did you mean 'y'?"), hinted("target", "Did you mean"), given={"target": "Y"}),
    Wrong(("no target column 'churn'", "There are 'x'", "'amount'"), hinted("target", "There are"),
          given={"target": "churn"}),
    Wrong(("no target column 'None'", "There are"), hinted("target", "There are"), given={"target": None}),
    Wrong(("name of one column", "got a Series", "Add the values to the table"), lambda said: (
        code(said.split(", then")[0], "to the table: ", {"table": DATA[["x"]], "values": DATA["y"]})["table"],
        {"target": quoted(said, "then target=")}), given={"target": DATA["y"]}),
    Wrong(("name of one column", "got a list", "Use target='y'"), hinted("target", "Use target="),
          given={"target": ["y"]}),
    Wrong(("only one value, '1'", "needs at least two"), instead(), of_target("y", 1)),
    Wrong(("missing in every row", "Choose another target"), instead(target="amount"), of_target("y", None)),
    Wrong(("holds dates", "days since a start date"), instead(of_target("d", (DATA["d"] - DATA["d"].min()).dt.days),
                                                               target="d"), given={"target": "d"}),
    Wrong(("60 different texts in 60 rows", "group its values"), instead(of_target("y", [one[3] for one in TEXTS])),
          of_target("y", TEXTS)),
    Wrong(("12 infinite values", "Drop these rows"), instead(of_target("y", INFINITE)[np.isfinite(INFINITE)]),
          of_target("y", INFINITE)),
    Wrong(("mixes numbers and text, such as 'a'", "one type"), instead(
        of_target("y", pd.to_numeric(pd.Series(MIXED), errors="coerce"))), of_target("y", MIXED)),
    Wrong(("class 'c' has 1 row", "at least 2", "Drop the row"), instead(of_target("y", RARE).iloc[:-1]),
          of_target("y", RARE)),
    Wrong(("holds durations as text", "Convert them first"), lambda said: (
        code(said, "Convert them first: ", {"table": of_target("y", DAYS), "pandas": pd})["table"], {}),
        of_target("y", DAYS)),
    # metrics and classes
    Wrong(("name of a scikit-learn scorer", "got 'rocauc_'", "Did you mean"), hinted("metric", "Did you mean"),
          given={"metric": "rocauc_"}),
    Wrong(("holds text such as", "is for regression", "such as 'roc_auc'"), hinted("metric", "metric, such as"),
          given={"metric": "rmse"}),
    Wrong(("60 different numbers", "is for classes", "metric='rmse'"), hinted("metric", "such as metric=",
          target="amount"), given={"target": "amount", "metric": "roc_auc"}),
    Wrong(("must be a value of 'y'", "got 'maybe'"), hinted("positive", "value of 'y',"), given={"positive": "maybe"}),
    Wrong(("names a class", "'amount' holds numbers", "Remove it"), instead(target="amount"),
          given={"target": "amount", "positive": 1}),
    Wrong(("two classes", "'g' has 6", "Remove it"), instead(target="g"), given={"target": "g", "positive": 1}),
    # roles
    Wrong(("must be a dictionary", "got ['x']", 'such as {"age"'), instead(roles={"x": "numeric"}),
          given={"roles": ["x"]}),
    Wrong(("names the column 'X'", "Did you mean 'x'?"), lambda said: (
        DATA, {"roles": {quoted(said, "Did you mean"): "numeric"}}), given={"roles": {"X": "numeric"}}),
    Wrong(("role must be one of", "got 'number' for 'x'"), lambda said: (
        DATA, {"roles": {"x": quoted(said, "must be one of")}}), given={"roles": {"x": "number"}}),
    Wrong(("feature columns", "'y' is the target", "Remove it"), instead(), given={"roles": {"y": "text"}}),
    # rows
    Wrong(("names the column 'G'", "Did you mean 'g'?"), hinted("groups", "Did you mean"), given={"groups": "G"}),
    Wrong(("one value per row (60)", "got 3 values"), instead(groups=DATA["g"].tolist()), given={"groups": [1, 2, 3]}),
    Wrong(("has 2 groups", "at least 3", "Use holdout=0"), instead(DATA.assign(g=np.arange(N) % 2), groups="g",
          holdout=0), DATA.assign(g=np.arange(N) % 2), {"groups": "g"}),
    Wrong(("names the target 'y'", "Choose another column"), instead(groups="g"), given={"groups": "y"}),
    Wrong(("names the column 'day'", "There are 'x'", "'d'"), instead(time="d"), given={"time": "day"}),
    Wrong(("two distinct times", "dates or numbers"), instead(time="d"), DATA.assign(t=DATA["c"]), {"time": "t"}),
    Wrong(("names the target 'y'", "Choose another column"), instead(time="d"), given={"time": "y"}),
    Wrong(("from 2 to 100", "got 1."), instead(cv=2), given={"cv": 1}),
    Wrong(("from 2 to 100", "got 1000."), instead(cv=3), given={"cv": 1000}),
    Wrong(("a splitter of scikit-learn such as KFold(5)", "got 'five'"), lambda said: (
        DATA, {"cv": eval(said.split("such as ")[1].split(", or")[0], {"KFold": KFold})}),
        given={"cv": "five"}),
    Wrong(("validates on 1 row that it trains on", "one part only"), instead(cv=HALVES), given={"cv": [([0, 1], [1])]}),
    Wrong(("names row 99", "from 0 to 59", "Use positions"), instead(cv=HALVES),
          given={"cv": [(list(range(30)), [99])]}),
    Wrong(("from 1 to 100", "got 0."), instead(repeats=1), given={"repeats": 0}),
    Wrong(("one order in time", "Remove repeats="), instead(time="d"), given={"repeats": 2, "time": "d"}),
    Wrong(("needs time=", "Set time=, or remove gap="), instead(gap="2 days", time="d"), given={"gap": "2 days"}),
    Wrong(("must be a duration such as '7 days'", "got 'soon'"), hinted("gap", "such as", time="d"),
          given={"gap": "soon", "time": "d"}),
    Wrong(("'d' holds dates", "needs a unit", "got 3"), hinted("gap", "example gap=", time="d"),
          given={"gap": 3, "time": "d"}),
    Wrong(("must not be negative", "got -1", "such as '7 days'"), hinted("gap", "such as", time="d"),
          given={"gap": -1, "time": "d"}),
    Wrong(("leaves no rows", "smaller gap="), instead(gap="1 day", time="d"), given={"gap": "900 days", "time": "d"}),
    Wrong(("from 0 to 0.5", "for example 0.2", "got 0.9"), lambda said: (
        DATA, {"holdout": float(said.split("for example ")[1].split(";")[0])}), given={"holdout": 0.9}),
    Wrong(("a share of the rows from 0 to 0.5", "got '20%'"), instead(holdout=0.2), given={"holdout": "20%"}),
    Wrong(("takes all rows", "Use fewer"), instead(holdout=list(range(20))), given={"holdout": list(range(N))}),
    Wrong(("names row 999", "from 0 to 59", "Use positions"), instead(holdout=[0, 59]), given={"holdout": [0, 999]}),
]  # fmt: skip

SESSIONS = [
    Wrong(("name of a scorer", "got int", "session.objectives()"), instead(metric="roc_auc"), given={"metric": 3}),
    Wrong(("\"higher\" or \"lower\"", "got None", "Add direction"), lambda said: (
        DATA, {"metric": accuracy, "direction": quoted(said, "Add direction=")}), given={"metric": lambda y, p: 0.0}),
    Wrong(("must be a sentence such as", "'good' was not understood"), hinted("success", "such as"),
          given={"success": "good"}),
    Wrong(("must be a sentence such as", "got 0.9"), hinted("success", "such as"), given={"success": 0.9}),
    Wrong(("better the higher", "say 'at least'"), lambda said: (
        DATA, {"success": f"roc_auc {quoted(said, 'say')} 0.6"}), given={"success": "roc_auc at most 0.6"}),
    Wrong(("checked on the holdout", "there is none", "Set holdout="), instead(success="roc_auc at least 0.6",
          holdout=0.2), given={"success": "roc_auc at least 0.6", "holdout": 0}),
    Wrong(("has no column 'z'", "all columns of the data"), instead(holdout=DATA.iloc[:20]),
          given={"holdout": DATA[["x"]]}),
    Wrong(("above 0 and at most ten years", "got '5 min'"), instead(budget=300), given={"budget": "5 min"}),
    Wrong(("an integer from 1 to a million", "got 2.5"), instead(max_trials=2), given={"max_trials": 2.5}),
    Wrong(("at least 1, or None", "got 'all'"), instead(workers=1), given={"workers": "all"}),
    Wrong(("whole number of at least 0", "got 1.5"), instead(seed=0), given={"seed": 1.5}),
    Wrong(("one of user, cruise, autopilot", "got 'auto'"), lambda said: (
        DATA, {"autonomy": said.split("one of ")[1].split(",")[0]}), given={"autonomy": "auto"}),
    Wrong(("no sampler 'tpe2'", "choose from tpe"), lambda said: (
        DATA, {"sampler": re.search(r"choose from (\w+)", said)[1]}), given={"sampler": "tpe2"}),
    Wrong(("a number above 0, or None", "got '1 GB'"), instead(trial_memory=10**9), given={"trial_memory": "1 GB"}),
    Wrong(("1 to 60 characters", "got ''"), instead(name="mine"), given={"name": ""}),
]  # fmt: skip


def accuracy(y: Any, prediction: Any) -> float:
    return float(np.mean(y == prediction))


def refusal(call: Callable[[], object], words: tuple[str, ...]) -> str:
    """Return the sentence of an error of ours, which has some words."""
    with pytest.raises(HitlError) as caught:
        call()
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 500
    assert said[-1] in ".?"
    for one in words:
        assert one in said
    return said


@pytest.mark.parametrize("wrong", TABLES, ids=lambda one: f"{one.words[0]} {one.words[1]}")
def test_a_wrong_table_or_argument_has_a_remedy_that_works(wrong: Wrong, tmp_path, monkeypatch) -> None:
    """After it, the same call reads the table."""
    monkeypatch.chdir(tmp_path)
    DATA.to_csv(CSV, index=False)
    said = refusal(lambda: understand(wrong.data, **{"target": "y", **wrong.given}), wrong.words)
    data, given = wrong.remedy(said)
    assert understand(data, **{"target": "y", **given}).task.rows >= 10


@pytest.mark.slow
@pytest.mark.parametrize("wrong", SESSIONS, ids=lambda one: f"{one.words[0]} {one.words[1]}")
def test_a_wrong_argument_of_a_session_has_a_remedy_that_works(wrong: Wrong, tmp_path) -> None:
    """After it, the session opens."""
    common = {"target": "y", "workers": 1, "journal": tmp_path / "s.sqlite"}
    said = refusal(lambda: AutoMLSession(wrong.data, **{**common, **wrong.given}), wrong.words)
    data, given = wrong.remedy(said)
    with AutoMLSession(data, **{**common, **given}) as session:
        assert session.task.rows >= N


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    place = tmp_path_factory.mktemp("wrong") / "s.sqlite"
    with AutoMLSession(DATA, "y", max_trials=2, workers=1, journal=place) as session:
        session.start()
        assert session.wait(120)
        yield session


def first(said: str, start: str) -> str:
    """Return the first name of a list that is not quoted."""
    return re.split(r"[,;.]", said.split(start, 1)[1].strip())[0].strip()


Act = Callable[[Any], object]
CALLS: list[tuple[tuple[str, ...], Act, Callable[[Any, str], object]]] = [
    (("no column 'X'", "Did you mean 'x'?"), lambda s: s.set_role("X", "numeric"),
     lambda s, said: s.set_role(quoted(said, "Did you mean"), "categorical")),
    (("no column 'q'", "There are 'x'"), lambda s: s.drop("q"), lambda s, said: s.drop(quoted(said, "There are"))),
    (("A role must be one of", "got 'number'"), lambda s: s.set_role("x", "number"),
     lambda s, said: s.set_role("x", quoted(said, "'numeric',"))),
    (("No value of 'c'", "Choose another role"), lambda s: s.set_role("c", "numeric"),
     lambda s, said: s.set_role("c", "text")),
    (("'y' is the target", "session.set_target("), lambda s: s.set_role("y", "numeric"),
     lambda s, said: s.set_target("amount")),
    (("At least one column must stay",), lambda s: s.drop(*DATA.columns.drop("y")),
     lambda s, said: s.drop("z")),
    (("either a strategy", 'such as "median"', "or value="), lambda s: s.fill("x"),
     lambda s, said: s.fill("x", quoted(said, "such as"))),
    (("can be filled with", "got 'median'"), lambda s: s.fill("c", "median"),
     lambda s, said: s.fill("c", re.findall(r"'(\w+)'", said)[2])),
    (("must be a number", "for example 0"), lambda s: s.fill("x", value="a"), lambda s, said: s.fill("x", value=0)),
    (("can be encoded with", "got 'one_hot'", "Change its role first"), lambda s: s.encode("g", "one_hot"),
     lambda s, said: (s.set_role("g", "categorical"), s.encode("g", "one_hot"))),
    (("An encoding must be one of", "got 'onehot'"), lambda s: s.encode("c", "onehot"),
     lambda s, said: s.encode("c", re.findall(r"'(\w+)'", said)[1])),
    (("no cell with the value -999", "values that occur"), lambda s: s.set_missing("g", -999),
     lambda s, said: s.set_missing("g", 0)),
    (("'d' holds dates", "Change its role first"), lambda s: s.set_missing("d", "2024-01-01"),
     lambda s, said: (s.set_role("d", "categorical"), s.set_missing("d", "2024-01-01"))),
    (("for regression", "Use 'roc_auc'"), lambda s: s.set_metric("rmse"),
     lambda s, said: (s.set_metric("log_loss"), s.set_metric(quoted(said, "Use")))),
    (("scored by ROC AUC already", "Name another metric"), lambda s: s.set_metric("roc_auc"),
     lambda s, said: s.set_metric("log_loss")),
    (("'x' already exists", "Choose another name"), lambda s: s.add_transform("x", double, ["x"]),
     lambda s, said: s.add_transform("x2", double, ["x"])),
    (("at least one column",), lambda s: s.add_transform("n", double, []),
     lambda s, said: s.add_transform("n", double, ["x"])),
    (("no column 'q'", "There are 'x'"), lambda s: s.target_by("q"),
     lambda s, said: s.target_by(quoted(said, "There are"))),
    (("no class 'maybe'", "There are 'no', 'yes'"), lambda s: s.target_by("c", of="maybe"),
     lambda s, said: s.target_by("c", of=quoted(said, "There are"))),
    (("Only a complete trial", "got 99", "session.trials"), lambda s: s.model(99),
     lambda s, said: s.model(int(s.trials["number"].iloc[0]))),
    (("'all' or 'search'", "got 'some'"), lambda s: s.refit(1, rows="some"),
     lambda s, said: s.refit(1, rows=quoted(said, "must be"))),
    (("needs a family, one of", "got 'lightgmb'"), lambda s: s.propose({"family": "lightgmb"}),
     lambda s, said: s.propose({"family": first(said, "one of")})),
    (("between 2 and 16", "got 9999", "Choose a value"), lambda s: s.propose(tree(max_depth=9999)),
     lambda s, said: s.propose(tree(max_depth=int(re.search(r"between (\d+)", said)[1])))),
    (("no hyperparameter 'tree.depth'", "Its hyperparameters"), lambda s: s.propose(tree(depth=3)),
     lambda s, said: s.propose(tree(**{re.search(r"hyperparameters: tree.(\w+)", said)[1]: 3}))),
    (("one of user, cruise, autopilot", "got 'auto'"), lambda s: setattr(s, "autonomy", "auto"),
     lambda s, said: setattr(s, "autonomy", first(said, "one of"))),
    (("There is no view 'importence'", "there are importance"), lambda s: s.explain.view("importence"),
     lambda s, said: s.explain.view(first(said, "there are"))),
    (("from 0 to 59", "got 1000000"), lambda s: s.explain.row(10**6), lambda s, said: s.explain.row(59)),
    (("no column 'q'", "The table has x"), lambda s: s.audit("q"), lambda s, said: s.audit("c")),
    (("lacks 5 columns", "'z'", "Add the missing columns"), lambda s: s.model(1).predict(DATA[["x"]]),
     lambda s, said: s.model(1).predict(DATA)),
    (("All 2 trials are done", "Raise the budget first"), lambda s: s.resume(),
     lambda s, said: (eval(said.split("for example ")[1].rstrip("."), {"session": s}), s.wait(120))),
    (("No session named 'zz'", "The live ones are"), lambda s: AutoMLSession.named("zz"),
     lambda s, said: AutoMLSession.named(quoted(said, "ones are"))),
    (("no trial 99", "the record has"), lambda s: s.discard(99), lambda s, said: s.discard(1)),
]  # fmt: skip


def tree(**given: Any) -> dict[str, Any]:
    return {"family": "tree", **{f"tree.{name}": value for name, value in given.items()}}


def double(table: pd.DataFrame) -> pd.Series:
    return 2 * table["x"]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "wrong", "remedy"), CALLS, ids=lambda one: one[0] if isinstance(one, tuple) else "")
def test_a_wrong_call_of_a_method_has_a_remedy_that_works(session, words, wrong, remedy) -> None:
    """Its sentence leads to a call that is accepted."""
    before = session.state.steering.data
    remedy(session, refusal(lambda: wrong(session), words))
    while session.state.steering.data != before:
        session.undo()


def test_there_are_more_than_60_wrong_calls() -> None:
    """The figure of the table."""
    assert len(TABLES) + len(SESSIONS) + len(CALLS) >= 100
