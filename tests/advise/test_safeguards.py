"""Safeguards on data: each speaks on its fault, and is silent on clean tables."""

from __future__ import annotations

import json
import logging
import time

import numpy as np
import pandas as pd
import pytest

from hitl_widget.advise.chance import apart, apart_by_counts, chance_of_square, neighbours_alike
from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.rule import DataRule
from hitl_widget.advise.rules import data_rules
from hitl_widget.advise.safeguards import data_safeguards
from hitl_widget.data.task import understand
from hitl_widget.domain.commands import command_from
from hitl_widget.domain.safeguard import Safeguard, Severity

SEEDS = (0, 1, 2)
RULES = {rule.name: rule for rule in data_rules()}


@pytest.fixture(autouse=True)
def no_rule_fails(caplog) -> None:
    yield
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def clean(seed=0, n=600, kind="binary"):
    """A table without faults: numbers, categories, a little of the target in some of them."""
    rng = np.random.default_rng(seed)
    size, age = rng.normal(50, 9, n), rng.integers(18, 80, n)
    town = rng.choice(["north", "south", "east"], n, p=[0.5, 0.3, 0.2])
    wish = 0.08 * (size - 50) + 0.02 * (age - 50) + (town == "south") + rng.normal(0, 1.2, n)
    table = pd.DataFrame({"size": size, "age": age, "town": town, "other": rng.gamma(2, 3, n) + 0.01})
    if kind == "numbers":
        table["y"] = 100 + 20 * wish
    elif kind == "classes":
        table["y"] = pd.cut(wish, [-99, -0.6, 0.8, 99], labels=["low", "mid", "top"]).astype(str)
    else:
        table["y"] = np.where(wish > 0.4, "yes", "no")
    return table


def asked(rule, table, target="y", **arguments):
    view = DataView(understand(table, target, **arguments))
    found = list(rule(view))
    for one in found:
        check(one)
        check_drawing(RULES[one.rule].draw(view, one))
    return found


def check_drawing(drawn):
    """What every illustration promises."""
    assert drawn.caption.endswith(".")
    assert "nan" not in drawn.caption
    assert not drawn.frame().empty
    if drawn.chart:
        assert all(json.loads(json.dumps(dict(row))) == row for row in drawn.data)
        assert drawn.draw().to_dict(validate=False)["width"] > 0  # tests of the charts compare them with the schema
    else:
        assert all(len(row) == len(drawn.header) for row in drawn.cells)
        assert set(drawn.marked) <= set(drawn.header)
        assert len(drawn.sets) in (0, len(drawn.cells))


def only(rule, table, target="y", **arguments):
    (one,) = asked(rule, table, target, **arguments)
    return one


def check(one):
    """What every safeguard promises."""
    assert one.sentence.endswith(".")
    assert one.evidence.endswith(".")
    assert one.remedy.endswith(".")
    assert any(char.isdigit() for char in one.evidence), one.evidence
    assert one.answers
    assert len({answer.id for answer in one.answers}) == len(one.answers)
    assert Safeguard.from_json(json.loads(json.dumps(one.as_json()))) == one
    assert one.numbers
    for answer in one.answers:
        check_answer(answer)


def check_answer(answer):
    """An answer acts by its command, which is its line of Python; or its label says that it changes nothing."""
    if answer.command is not None:
        assert command_from(answer.command).python() == answer.python
    elif answer.python:
        assert answer.label.startswith("Show ")
    else:
        assert answer.label.startswith(("Keep ", "Mark as read", "Leave the classes as they are"))


# -- clean tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["binary", "classes", "numbers"])
def test_a_clean_table_is_not_warned_of(seed, kind) -> None:
    """No rule speaks, whatever the seed."""
    assert data_safeguards(understand(clean(seed, kind=kind), "y")) == ()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n", [200, 3000])
def test_noise_is_not_warned_of(seed, n) -> None:
    """Forty columns that have nothing to do with the target, on few and on many rows."""
    rng = np.random.default_rng(seed)
    table = {f"n{i}": rng.normal(size=n) for i in range(20)} | {f"c{i}": rng.choice(list("abcd"), n) for i in range(20)}
    found = data_safeguards(understand({**table, "y": np.arange(n) % 2}, "y", seed=seed))
    assert [one.key for one in found if one.key != "order"] == []


@pytest.mark.slow
def test_all_rules_are_quick() -> None:
    """Under two seconds of processor for 50,000 rows and 30 columns."""
    rng = np.random.default_rng(0)
    n = 50_000
    table = {f"n{i}": rng.normal(size=n) for i in range(15)}
    table |= {f"c{i}": rng.choice(list("abcdef"), n) for i in range(12)}
    table |= {f"w{i}": rng.integers(0, 50, n) for i in range(3)}
    for target in (rng.integers(0, 2, n), rng.normal(size=n)):
        understood = understand({**table, "y": target}, "y")
        begun = time.process_time()
        assert data_safeguards(understood) == ()
        assert time.process_time() - begun < 2


def test_answers_say_what_would_be_done() -> None:
    """The first answer holds its command as data, and the line of Python that does the same today."""
    table = clean()
    table["copy"] = table["y"]
    one = data_safeguards(understand(table, "y"))[0]
    assert one.answers[0].command == {"type": "change_data", "roles": {"copy": "ignored"}}
    assert one.answers[0].python == 'session.drop("copy")'
    assert [answer.id for answer in one.answers] == ["drop", "keep"]
    again = understand(table, "y", roles={"copy": "ignored"})
    assert not [more for more in data_safeguards(again) if "copy" in more.columns]


def test_the_gravest_goes_first() -> None:
    """High before medium before low."""
    table = clean(n=2000)
    table["copy"], table["unit"] = table["y"], "cm"
    found = data_safeguards(understand(table, "y"))
    assert [one.severity for one in found] == sorted((one.severity for one in found), key=list(Severity).index)
    assert {one.rule for one in found} == {"copy", "constant"}


def test_a_rule_that_fails_costs_itself_only(caplog) -> None:
    """The others are asked all the same, and the failure is on record."""

    def broken(view):
        raise ValueError("no")
        yield

    table = clean()
    table["copy"] = table["y"]
    assert len(data_safeguards(understand(table, "y"), rules=(DataRule("broken", broken, 0), RULES["copy"]))) == 1
    assert "broken" in caplog.text
    caplog.clear()


# -- leaks ------------------------------------------------------------------------------------------------------------


def _as_number(y):
    return y.to_numpy() if y.dtype == float else pd.factorize(y, sort=True)[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["binary", "classes", "numbers"])
def test_a_copy_is_found_in_any_dress(kind, seed) -> None:
    """As it is, recoded, transformed, or with some noise."""
    rng = np.random.default_rng([seed, 1])
    table = clean(seed, kind=kind)
    n, number = len(table), _as_number(table["y"]).astype(float)
    dresses = [table["y"], -np.cbrt(number - 3) + rng.uniform(0, 1e-6, n)]
    if kind == "numbers":
        dresses.append(number + rng.normal(0, 0.1 * number.std(), n))
    else:
        dresses.append(table["y"].where(rng.random(n) > 0.02, rng.permutation(table["y"])))
        dresses.append(table["y"] + rng.choice(list("abc"), n))
    for values in dresses:
        one = only(RULES["copy"], table.assign(dress=values))
        assert one.columns == ("dress",)
        assert one.severity is Severity.HIGH


def test_the_words_of_a_copy_change_with_its_numbers() -> None:
    """An exact copy is said to be exact, a noisy one to be nearly so."""
    table = clean(n=2000)
    rng = np.random.default_rng([0, 1])
    exact = only(RULES["copy"], table.assign(x=table["y"]))
    noisy = only(RULES["copy"], table.assign(x=table["y"].where(rng.random(2000) > 0.03, "no")))
    assert "each of its 2 values occurs with one class only" in exact.evidence
    assert "ROC AUC 1.000" in exact.evidence
    assert "almost without error" in noisy.evidence
    assert exact.numbers["strength"] > noisy.numbers["strength"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_column_that_outshines_all_others_is_asked_about(seed) -> None:
    """An amount that nearly only the one class has; half as telling is fine."""
    rng = np.random.default_rng([seed, 1])
    table = clean(seed, 1500)
    yes = table["y"] == "yes"
    for there, here, expected in ((0.03, 0.9, 1), (0.3, 0.7, 0)):
        has = rng.random(1500) < np.where(yes, here, there)
        found = asked(RULES["outshines"], table.assign(amount=np.where(has, rng.lognormal(3, 1, 1500), 0)))
        assert len(found) == expected
        assert all(one.columns == ("amount",) for one in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_name_that_comes_after_the_event_is_asked_about(seed) -> None:
    """Only where the column is strong, and only for such a name."""
    rng = np.random.default_rng([seed, 1])
    table = clean(seed, 1500)
    told = (table["y"] == "yes") * 1.1 + rng.normal(size=1500)
    one = only(RULES["late"], table.assign(call_duration=told))
    assert one.columns == ("call_duration",)
    assert "“duration”" in one.evidence
    assert not asked(RULES["late"], table.assign(call_weight=told))
    assert not asked(RULES["late"], table.assign(call_duration=rng.normal(size=1500)))


def test_a_name_like_the_targets_is_asked_about() -> None:
    """A second measure of the same thing."""
    rng = np.random.default_rng([0, 1])
    table = clean(kind="numbers").rename(columns={"y": "total_score_b"})
    near = table["total_score_b"] + rng.normal(0, 0.6 * table["total_score_b"].std(), len(table))
    assert only(RULES["late"], table.assign(motor_score_b=near), "total_score_b").columns == ("motor_score_b",)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["binary", "classes", "numbers"])
def test_missing_cells_that_follow_the_target_are_found(kind, seed) -> None:
    """Not those that are missing at random; columns of one pattern are named together."""
    rng = np.random.default_rng([seed, 1])
    table = clean(seed, 1000, kind)
    low = (table["y"] < table["y"].median()) if kind == "numbers" else table["y"].isin(["no", "low"])
    gone = rng.random(1000) < np.where(low, 0.95, 0.03)
    noise = rng.normal(size=(2, 1000))
    leaky = table.assign(a=np.where(gone, np.nan, noise[0]), b=np.where(gone, np.nan, noise[1]))
    one = only(RULES["missingness"], leaky)
    assert one.columns == ("a", "b")
    assert not asked(RULES["missingness"], table.assign(a=np.where(rng.random(1000) < 0.5, np.nan, noise[0])))


def test_a_few_filled_cells_of_one_class_are_found() -> None:
    """Of the rows that have a value nearly all are of one class."""
    rng = np.random.default_rng([0, 1])
    table = clean(n=1000)
    filled = (table["y"] == "yes") & (rng.random(1000) < 0.4)
    one = only(RULES["missingness"], table.assign(a=np.where(filled, rng.normal(size=1000), np.nan)))
    assert "have y = yes, compared with" in one.evidence


def test_columns_that_define_the_class_are_found() -> None:
    """Two columns, neither of which says it alone; not where their combinations are many."""
    rng = np.random.default_rng([0, 1])
    table = clean(n=1000)
    a, b = rng.integers(0, 2, 1000), rng.integers(0, 3, 1000)
    table["y"] = np.where((a == 1) & (b > 0), "yes", "no")
    one = only(RULES["together"], table.assign(a=a, b=np.minimum(b, 1)))
    assert set(one.columns) == {"a", "b"}
    assert not asked(RULES["together"], clean(n=1000).assign(a=a, b=b))


@pytest.mark.parametrize("kind", ["binary", "classes", "numbers"])
def test_a_mean_of_the_target_is_found(kind) -> None:
    """With the row itself in it; a mean of other rows is another matter."""
    rng = np.random.default_rng([0, 1])
    table = clean(n=1000, kind=kind)
    aim = table["y"] if kind == "numbers" else (table["y"] == table["y"].iloc[0]).astype(float)
    group = rng.integers(0, 100, 1000)
    one = only(RULES["aggregate"], table.assign(rate=aim.groupby(group).transform("mean")))
    assert one.columns == ("rate",)
    size = aim.groupby(group).transform("size")
    others = (aim.groupby(group).transform("sum") - aim) / (size - 1)
    assert not asked(RULES["aggregate"], table.assign(rate=others))


@pytest.mark.parametrize("kind", ["binary", "classes", "numbers"])
@pytest.mark.parametrize("step", [1, -1])
def test_the_target_of_another_row_is_found(kind, step) -> None:
    """One row before or after."""
    table = clean(kind=kind)
    one = only(RULES["shifted"], table.assign(x=np.roll(table["y"].to_numpy(), step)))
    assert f"from 1 row {'earlier' if step > 0 else 'later'}" in one.sentence
    assert not asked(RULES["shifted"], table.assign(x=np.random.default_rng(0).permutation(table["y"])))


# -- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_copied_rows_are_found(seed) -> None:
    """And gravely where they are many."""
    table = clean(seed)
    few = pd.concat([table, table[:9]], ignore_index=True)
    many = pd.concat([table, table[:150]], ignore_index=True)
    assert only(RULES["duplicates"], few).severity is Severity.MEDIUM
    one = only(RULES["duplicates"], many)
    assert one.severity is Severity.HIGH
    assert "300 of 750 rows (40%)" in one.evidence
    assert "same in 100% of the 150 sets" in one.evidence


def test_one_column_alone_is_no_suspect() -> None:
    """Where there is no other column, nothing outshines them; and no chance is told of its equal rows."""
    table = clean(n=1000)
    table["size"] = table["size"] + np.where(table["y"] == "yes", 20, 0)
    alone = pd.concat([table[["size", "y"]], table[["size", "y"]][:50]], ignore_index=True)
    assert not asked(RULES["outshines"], alone)
    assert "chance" not in only(RULES["duplicates"], alone).evidence


def test_equal_rows_of_few_values_are_not_taken_for_copies() -> None:
    """Where chance makes as many, it says so."""
    rng = np.random.default_rng([0, 1])
    table = pd.DataFrame({"a": rng.integers(0, 3, 400), "b": rng.integers(0, 3, 400), "y": rng.integers(0, 2, 400)})
    one = only(RULES["duplicates"], table)
    assert one.severity is not Severity.HIGH
    assert "may be equal by chance" in one.evidence


def test_contradictions_are_counted() -> None:
    """Equal rows with another target."""
    table = clean()
    swapped = table[:40].assign(y=np.where(table["y"][:40] == "yes", "no", "yes"))
    one = only(RULES["contradictions"], pd.concat([table, swapped], ignore_index=True))
    assert "40 of 640 rows" in one.evidence
    assert not asked(RULES["contradictions"], pd.concat([table, table[:40]], ignore_index=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_are_found(seed) -> None:
    """Ten visits of each person, whose age and target stay alike; not when folds already keep them together."""
    rng = np.random.default_rng([seed, 1])
    person = np.repeat(np.arange(80), 10)
    wish = rng.normal(size=80)[person] + rng.normal(0, 0.5, 800)
    table = pd.DataFrame(
        {
            "person": person,
            "age": rng.integers(20, 80, 80)[person],
            "pulse": rng.normal(70, 9, 800),
            "y": np.where(wish > 0, "ill", "well"),
        }
    ).sample(frac=1, random_state=seed)
    one = only(RULES["groups"], table)
    assert one.columns == ("person",)
    assert one.answers[0].command["groups"] == "person"
    assert one.answers[0].python == 'session.set_split(groups="person")'
    assert "age does not change within a group" in one.evidence
    assert not asked(RULES["groups"], table, groups="person")
    coded = table.assign(person=[f"p{p:02}_{i}" for i, p in enumerate(table["person"])])
    assert only(RULES["groups"], coded).sentence.startswith("Several rows belong to one first part of person")


def test_a_telling_category_is_not_a_group() -> None:
    """A town says much of a price, and nothing else is fixed within one."""
    rng = np.random.default_rng([0, 1])
    town = rng.integers(0, 40, 1200)
    table = pd.DataFrame(
        {"town": [f"t{t}" for t in town], "area": rng.normal(size=1200), "rooms": rng.integers(1, 9, 1200)}
    )
    assert not asked(RULES["groups"], table.assign(y=rng.normal(0, 3, 40)[town] + rng.normal(size=1200)))


def test_an_identifier_that_repeats_is_asked_about() -> None:
    """The same case twice."""
    table = clean()
    ids = np.arange(600) + 1000
    ids[:12] = ids[12:24]
    one = only(RULES["repeats"], table.assign(case_number=np.random.default_rng(0).permutation(ids)))
    assert "24 of 600 rows" in one.evidence
    assert not asked(RULES["repeats"], table.assign(case_number=np.arange(600)))


@pytest.mark.parametrize("seed", SEEDS)
def test_one_thing_measured_several_times_is_found(seed) -> None:
    """Rows that are equal but for the day; not where all combinations of few values occur."""
    rng = np.random.default_rng([seed, 1])
    mix = np.repeat(np.arange(120), 4)
    table = pd.DataFrame({name: rng.normal(size=120)[mix] for name in "abcd"} | {"day": np.tile([3, 7, 28, 90], 120)})
    one = only(RULES["near_twins"], table.assign(y=table["day"] ** 0.5 + table["a"] + rng.normal(size=480)))
    assert "differ from another row only in day" in one.sentence
    grid = pd.MultiIndex.from_product([range(4)] * 4, names=list("abcd")).to_frame(index=False)
    assert not asked(RULES["near_twins"], grid.assign(y=rng.normal(size=256)))


@pytest.mark.parametrize("kind", ["binary", "numbers"])
def test_a_sorted_file_is_noticed(kind) -> None:
    """Sorted by the target; a column that counts the rows then tells it."""
    table = clean(kind=kind).sort_values("y")
    assert only(RULES["order"], table).severity is Severity.LOW
    counted = table.assign(line=np.arange(600) * 3 + np.random.default_rng(0).integers(0, 3, 600))
    one = only(RULES["order"], counted)
    assert one.severity is Severity.HIGH
    assert one.columns == ("line",)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_in_time_are_noticed(seed) -> None:
    """A target that wanders; not when folds go forward."""
    rng = np.random.default_rng([seed, 1])
    wander = np.cumsum(rng.normal(size=1000)) * 0.2
    table = clean(seed, 1000).assign(when=pd.date_range("2024-01-01", periods=1000), y=wander)
    assert only(RULES["order"], table).severity is Severity.MEDIUM
    one = only(RULES["time"], table)
    assert one.columns == ("when",)
    assert one.answers[0].python == 'session.set_split(time="when")'
    assert not asked(RULES["order"], table, time="when")
    assert not asked(RULES["time"], table, time="when")


@pytest.mark.parametrize("seed", SEEDS)
def test_dates_without_drift_are_left_alone(seed) -> None:
    """And dates of birth are no time of the row."""
    table = clean(seed, 1000).assign(when=pd.date_range("2024-01-01", periods=1000))
    assert not asked(RULES["time"], table)
    born = pd.Timestamp("2020-01-01") - pd.to_timedelta(table["size"] * 365, unit="D")
    assert not asked(RULES["time"], table.drop(columns="when").assign(birth_date=born))


# -- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rare", "severity"), [(200, None), (70, Severity.LOW), (20, Severity.MEDIUM)])
def test_imbalance_has_degrees(rare, severity) -> None:
    """The rarer, the graver; and what the search does is said."""
    table = clean(n=1000).assign(y=np.where(np.arange(1000) % 1000 < rare, "yes", "no"))
    found = asked(RULES["imbalance"], table)
    assert [one.severity for one in found] == ([severity] if severity else [])
    assert all("compared by ROC AUC; rows have equal weight" in one.evidence for one in found)
    assert all(one.answers[0].python == 'session.set_balance("weights", "oversample")' for one in found)


def test_imbalance_that_the_search_handles_needs_no_other_answer() -> None:
    """If the person asked for balancing, the warning says so and does not propose it."""
    table = clean(n=1000).assign(y=np.where(np.arange(1000) < 50, "yes", "no"))
    one = only(RULES["imbalance"], table, balance="weights")
    assert "the search tries to balance the classes" in one.evidence
    assert [answer.id for answer in one.answers] == ["keep"]


def test_accuracy_on_rare_classes_is_advised_against() -> None:
    """A model that never says the rare class would look good."""
    table = clean(n=1000).assign(y=np.where(np.arange(1000) < 50, "yes", "no"))
    one = only(RULES["imbalance"], table, metric="accuracy")
    assert one.severity is Severity.HIGH
    assert "95%" in one.evidence
    assert [answer.python for answer in one.answers[:2]] == [
        'session.set_metric("roc_auc")',
        'session.set_balance("weights", "threshold")',
    ]


def test_tiny_classes_are_named() -> None:
    """With their rows to train on."""
    table = clean(kind="classes").assign(y=lambda one: np.where(np.arange(600) < 8, "odd", one["y"]))
    one = only(RULES["tiny_classes"], table)
    assert one.severity is Severity.HIGH
    assert "odd has 6 rows for training, about 1 in each fold" in one.evidence


def test_a_percentage_error_that_few_rows_decide_is_found() -> None:
    """The rule speaks of a target of 0 under MAPE, and its line of Python names a metric without that fault."""
    table = clean(kind="numbers")
    zeros = table.assign(y=table["y"].where(np.arange(len(table)) > 3, 0.0))
    one = only(RULES["percentage_error"], zeros, metric="mape")
    assert one.severity is Severity.HIGH
    assert one.numbers == {"rows": 4}
    metric = one.answers[0].command["metric"]
    assert not asked(RULES["percentage_error"], zeros, metric=metric)
    assert not asked(RULES["percentage_error"], table, metric="mape")
    assert not asked(RULES["percentage_error"], zeros)


def test_a_capped_target_is_found() -> None:
    """At either end; zeros at the low end are a habit of amounts."""
    table = clean(n=1000, kind="numbers")
    one = only(RULES["capped"], table.assign(y=table["y"].clip(upper=table["y"].quantile(0.95))))
    assert "50 rows (5.0%)" in one.evidence
    assert only(RULES["capped"], table.assign(y=table["y"].clip(lower=table["y"].quantile(0.05)))).key == "capped:least"
    assert not asked(RULES["capped"], table.assign(y=(table["y"] - 110).clip(lower=0)))


def test_a_holdout_of_other_rows_is_noticed() -> None:
    """The last rows in time differ from those before."""
    table = clean(n=1000).assign(when=np.arange(1000) ** 1.01)
    table["size"] += np.where(np.arange(1000) >= 800, 12, 0)
    one = only(RULES["differ"], table, time="when")
    assert "size" in one.columns
    assert "new rows will differ in the same way" in one.evidence
    assert one.severity == "low"
    assert one.sentence == "size changes over time."
    assert not asked(RULES["differ"], table)


def test_columns_that_tell_the_time_are_no_warning_when_the_split_follows_it() -> None:
    """They differ between earlier and later rows by construction; the same columns in a random split would be news."""
    hours = pd.date_range("2022-01-01", periods=3000, freq="6h")
    table = clean(n=3000).assign(
        when=hours,
        counter=np.arange(3000),
        year=hours.year,
        month=hours.month,
        quarter=[f"Q{one}" for one in hours.quarter],
    )
    assert not asked(RULES["differ"], table, time="when")
    table["size"] += np.where(np.arange(3000) >= 2400, 12, 0)
    assert only(RULES["differ"], table, time="when").columns == ("size",)


@pytest.mark.parametrize("code", [-1, -9, -999, 99, 999, 9999])
def test_codes_for_missing_cells_are_found(code) -> None:
    """Numbers far from all others that are usual codes."""
    rng = np.random.default_rng([0, 1])
    values = rng.integers(0, 12, 600)
    one = only(RULES["codes"], clean().assign(x=np.where(rng.random(600) < 0.05, code, values)))
    assert one.columns == ("x",)
    assert ("far from all other values" in one.evidence) == (code > 0)  # -1 stands next to 0
    assert one.evidence.endswith("All other values are between 0 and 11.")
    assert one.answers[0].command == {"type": "change_data", "missing": {"x": [float(code)]}}
    assert not asked(RULES["codes"], clean().assign(x=values))


@pytest.mark.parametrize("seed", SEEDS)
def test_zeros_that_cannot_be_are_found(seed) -> None:
    """Pressure is never 0; counts and amounts often are, and so is what another column says is not there."""
    rng = np.random.default_rng([seed, 1])
    table = clean(seed)
    pressure = rng.normal(80, 10, 600).round()
    zero = rng.random(600) < 0.04
    assert only(RULES["codes"], table.assign(pressure=np.where(zero, 0, pressure))).columns == ("pressure",)
    assert not asked(RULES["codes"], table.assign(rate=np.where(zero, 0, rng.integers(20, 101, 600) / 100)))
    assert not asked(RULES["codes"], table.assign(visits=rng.poisson(3, 600)))
    assert not asked(RULES["codes"], table.assign(spent=np.where(rng.random(600) < 0.7, 0, pressure)))
    assert not asked(RULES["codes"], table.assign(pool=np.where(zero, 0, pressure), has=np.where(zero, "no", "pool")))


def test_words_for_not_known_are_found() -> None:
    """All columns in one warning."""
    table = clean()
    table.loc[:30, "town"] = "Unknown"
    one = only(RULES["unknowns"], table)
    assert "town: “Unknown” in 31 rows" in one.evidence
    assert one.severity is Severity.LOW


def test_constant_columns_are_named() -> None:
    """And those that are nearly so, apart."""
    table = clean(n=1000).assign(unit="cm", empty=None, rare=np.where(np.arange(1000) < 4, 1, 0))
    same, nearly = asked(RULES["constant"], table)
    assert same.columns == ("unit", "empty")
    assert nearly.columns == ("rare",)
    assert "in only 4 of 1,000 rows" in nearly.evidence


def test_identifiers_in_use_are_found() -> None:
    """Numbers or texts that are different in nearly every row, but not measures."""
    rng = np.random.default_rng([0, 1])
    table = clean()
    assert only(RULES["identifiers"], table.assign(code=rng.permutation(600) + 5000)).severity is Severity.LOW
    assert only(RULES["identifiers"], table.assign(code=[f"x{i % 480}" for i in range(600)])).columns == ("code",)
    coded = table.assign(code=rng.permutation(600) + 5000)
    assert not asked(RULES["identifiers"], coded, roles={"code": "numeric"})
    assert not asked(RULES["identifiers"], table.assign(salary=rng.integers(20_000, 90_000, 600)))


def test_columns_that_say_the_same_are_found() -> None:
    """One value for one value."""
    table = clean()
    one = only(RULES["recodes"], table.assign(district=table["town"].map({"north": 1, "south": 2, "east": 3})))
    assert one.columns == ("town", "district")


# -- chance -----------------------------------------------------------------------------------------------------------


def test_chances_are_those_of_scipy() -> None:
    """The tests by hand agree with SciPy's."""
    from scipy import stats

    rng = np.random.default_rng([0, 1])
    one, two = rng.normal(size=200), rng.normal(0.2, 1, 300)
    gap, chance = apart(one, two)
    assert gap == pytest.approx(stats.ks_2samp(one, two).statistic)
    assert chance == pytest.approx(stats.ks_2samp(one, two).pvalue, rel=0.2)
    counts = np.array([30, 50, 20]), np.array([60, 60, 80])
    assert apart_by_counts(*counts)[1] == pytest.approx(stats.chi2_contingency(counts)[1], rel=0.3)
    assert chance_of_square(15.0, 4) == pytest.approx(stats.chi2.sf(15.0, 4), rel=0.2)


def test_neighbours_of_chance_are_not_alike() -> None:
    """Within three deviations for nearly all seeds."""
    sure = [abs(neighbours_alike(np.random.default_rng(seed).integers(0, 2, 500))[1]) for seed in range(100)]
    assert sum(one > 3 for one in sure) <= 2


def test_every_warning_draws_what_it_is_about() -> None:
    """Each rule has a drawing."""
    assert [rule.name for rule in data_rules() if rule.draw is None] == []


EVIL = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("kind", ["binary", "numbers"])
def test_a_drawing_holds_any_name_and_value_as_text(kind) -> None:
    """Names of columns and values are data: neither field names of a chart nor markup."""
    table = clean(kind=kind)
    copied = table["y"] if kind == "numbers" else table["y"].map({"yes": EVIL, "no": "a.b[0]"})
    found = asked(RULES["copy"], table.assign(**{EVIL: copied}))
    (drawn,) = [RULES["copy"].draw(DataView(understand(table.assign(**{EVIL: copied}), "y")), one) for one in found]
    assert EVIL in drawn.across
    assert set(drawn.data[0]) <= {"x", "y", "label", "place", "part", "order", "share", "rows"}
    twice = pd.concat([table.assign(**{EVIL: EVIL})] * 2, ignore_index=True)
    (same,) = asked(RULES["duplicates"], twice)
    rows = RULES["duplicates"].draw(DataView(understand(twice, "y")), same)
    assert "y" in rows.header
    assert len(set(rows.sets)) > 1
