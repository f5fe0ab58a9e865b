"""The sampler: proposals in today's space, from all the evidence in it, and nothing left behind."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.domain.vector import Vector
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.sampler import TpeSampler, study_of
from hitl_widget.sampling.tpe import ParzenTpe, distribution_of
from tests.searches import Search

SPACE = Space(
    ("dummy", "line", "tree"),
    (
        Float("line.x", 0.0, 1.0, 0.5),
        Float("tree.rate", 1e-3, 1.0, 0.1, log=True),
        Int("tree.depth", 1, 8, 3),
        Categorical("tree.kind", ("a", "b"), "a"),
    ),
)
NEVER = frozenset({"dummy"})


def score(config):
    """The line is best at x = 0.9; trees lie far below and want depth."""
    if config["family"] == "line":
        return -((config["line.x"] - 0.9) ** 2)
    return -1.0 + 0.1 * config.get("tree.depth", 0) / 8


def search(seed=0, space=SPACE, formula=score, never=NEVER):
    return Search(TpeSampler(space, never=never, seed=seed), space, formula, budget=10_000)


def changed(space, name, **how):
    """A space with one hyperparameter changed."""
    return Space(
        space.families,
        tuple(replace(one, **how) if one.name == name else one for one in space.parameters),
    )


def only(*families):
    return replace(SPACE, families=families)


def configs(proposals):
    return [dict(proposal.config) for proposal in proposals]


# -- without steering ---------------------------------------------------------------------------------------------


def test_the_same_seed_proposes_the_same():
    """Equal evidence and seed give equal proposals; another seed gives others."""
    assert configs(search(3).run(20)) == configs(search(3).run(20))
    assert configs(search(3).run(20)) != configs(search(4).run(20))


def test_proposals_lie_in_the_space_and_favour_the_better_family():
    """Every proposal is a whole configuration; the family that scores best gets most of them."""
    found = configs(search().run(60))
    assert all(config in SPACE for config in found)
    families = [config["family"] for config in found]
    assert "dummy" not in families
    assert families[20:].count("line") > 25
    assert np.median([score(config) for config in found[40:] if config["family"] == "line"]) > -0.05


def test_a_failing_family_is_given_up():
    """A family of which nothing ever worked is not proposed for ever."""
    one = search(formula=lambda config: None if config["family"] == "tree" else 0.5)
    for _ in range(6):
        one.measure(SPACE.complete({"family": "tree"}))
    one.measure(SPACE.complete({"family": "line"}))
    assert {one.sampler.propose(one.state).config["family"] for _ in range(60)} == {"line"}


def test_without_beliefs_the_estimator_is_optunas():
    """From the same trials and seed the first candidate is what Optuna's own study asks for."""
    space = only("tree")
    axes = Axes(space, "tree")
    rng = np.random.RandomState(0)
    rows, values = axes.uniform(rng, 40), rng.rand(40)
    rival = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=7))
    distributions = {one.name: distribution_of(one) for one in sorted(axes.free, key=lambda one: one.name)}
    for row, value in zip(rows, values, strict=True):
        params = {name: axes.config(row)[name] for name in distributions}
        rival.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    theirs = rival.ask(distributions).params
    order = [axes.names.index(name) for name in distributions]
    turned = Axes(Space(("tree",), tuple(axes.free[at] for at in order)), "tree")
    found, acquisition = ParzenTpe(7).candidates(turned, rows[:, order], values, np.empty((0, len(order))))
    ours = turned.config(found[np.argmax(acquisition)])
    assert {name: ours[name] for name in theirs} == pytest.approx(theirs)


def test_the_private_names_of_optunas_tpe_exist():
    """`ParzenTpe` uses six names that Optuna does not promise; pyproject.toml pins its major version for them."""
    sampler = optuna.samplers.TPESampler(seed=0)
    names = ("_rng", "_n_ei_candidates", "_compute_acquisition_func", "_parzen_estimator_cls")
    assert [name for name in (*names, "_parzen_estimator_parameters") if not hasattr(sampler, name)] == []
    assert isinstance(sampler._rng.rng, np.random.RandomState)
    requirements = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["dependencies"]
    assert "optuna>=5,<6" in requirements


def test_a_proposal_says_which_good_trials_it_is_near():
    """The reasons name up to three good trials, nearest first, and whether it explores."""
    one = search(space=only("line"))
    one.run(40)
    proposal = one.sampler.propose(one.state)
    x = proposal.config["line.x"]
    near = [abs(one.state.trials[number].config["line.x"] - x) for number in proposal.reasons.near]
    assert len(near) == 3
    assert near == sorted(near)
    assert proposal.reasons.mode in ("explore", "exploit")
    assert proposal.origin is Origin.SAMPLER


# -- steering -----------------------------------------------------------------------------------------------------


def test_reading_a_state_is_as_good_as_having_seen_it():
    """A sampler that reads the record knows what one knows that lived through it."""
    lived = search()
    lived.run(30)
    lived.queue(SPACE.complete({"family": "line", "line.x": 0.3}))
    lived.begin(30)
    reader = TpeSampler(SPACE, never=NEVER, seed=9)
    reader.read(lived.state)
    for name in ("line", "tree"):
        one, other = lived.sampler._searches[name].evidence, reader._searches[name].evidence
        for mine, yours in zip(one.arrays(), other.arrays(), strict=True):
            assert np.array_equal(mine, yours)
        assert np.array_equal(one.running(), other.running())
        assert (one.best, one.ended, one.cost) == (other.best, other.ended, other.cost)


def test_an_edit_keeps_every_trial_that_fits():
    """After narrowing, the trials inside are evidence; after widening again, all are."""
    one = search(space=only("line"))
    one.run(30)
    evidence = lambda: len(one.sampler._searches["line"].evidence.arrays()[0])  # noqa: E731
    one.steer(space=changed(only("line"), "line.x", low=0.5))
    assert evidence() == sum(trial.config["line.x"] >= 0.5 for trial in one.state.trials) < 30
    assert all(0.5 <= config["line.x"] <= 1.0 for config in configs(one.run(10)))
    one.steer(space=changed(only("line"), "line.x", high=2.0))
    assert evidence() == 40


def test_a_discarded_trial_is_no_evidence():
    """It leaves the evidence of its family at once, and does not come back when it ends late."""
    one = search(space=only("line"))
    one.run(8)
    late = one.queue({"family": "line", "line.x": 0.1})
    one.begin(late)
    one.steer(discarded=(2, late))
    one.end(late, 5.0)
    numbers = one.sampler._searches["line"].evidence.arrays()[0]
    assert 2 not in numbers
    assert late not in numbers
    one.steer(restored=(2, late))
    assert {2, late} <= set(one.sampler._searches["line"].evidence.arrays()[0])


def test_a_fixed_value_borrows_what_is_known_of_the_others():
    """After fixing depth the rates tried at other depths count, until there is enough at this depth."""
    one = search(space=only("tree"))
    one.run(30)
    fixed = changed(only("tree"), "tree.depth", low=8, high=8)
    exact = sum(trial.config["tree.depth"] == 8 for trial in one.state.trials)
    one.steer(space=fixed)
    evidence = one.sampler._searches["tree"].evidence
    assert len(evidence.arrays()[0]) == (30 if exact < 10 else exact)
    assert {config["tree.depth"] for config in configs(one.run(12))} == {8}
    assert len(evidence.arrays()[0]) == exact + 12


def test_a_proposal_never_begun_leaves_no_trace():
    """Asking changes neither the evidence nor what repels."""
    one = search()
    one.run(12)
    before = [search.evidence.running().tolist() for search in one.sampler._searches.values()]
    for _ in range(50):
        one.sampler.propose(one.state)
    assert [search.evidence.running().tolist() for search in one.sampler._searches.values()] == before
    assert all(len(search.evidence.running()) == 0 for search in one.sampler._searches.values())


def test_a_trial_in_work_repels_even_before_it_began():
    """What the person queued is known to the next proposal, and no twin of it is proposed."""
    space = Space(("pick",), (Categorical("pick.one", ("a", "b"), "a"),))
    one = search(space=space, formula=lambda config: 1.0, never=frozenset())
    one.queue({"family": "pick", "pick.one": "a"})
    assert {one.sampler.propose(one.state).config["pick.one"] for _ in range(20)} == {"b"}


def test_a_family_added_in_the_run_is_proposed():
    """A learner that came later takes part after the edit."""
    one = search()
    one.run(10)
    late = Space((*SPACE.families, "late"), (*SPACE.parameters, Float("late.z", 0.0, 1.0, 0.5)))
    one.steer(space=late, base=late.as_json())
    assert "late" in {config["family"] for config in configs(one.run(20))}


def test_a_family_with_nothing_to_set_is_tried_once():
    """Where other configurations are left, the very same one is not evaluated again and again."""
    space = Space(("bare", "line"), (Float("line.x", 0.0, 1.0, 0.5),))
    one = search(space=space, formula=lambda config: 1.0 if config["family"] == "bare" else 0.5, never=frozenset())
    families = [config["family"] for config in configs(one.run(30))]
    assert families.count("bare") == 1


def test_a_family_with_few_configurations_tries_each_once():
    """All twelve are found in twelve trials; then the search repeats rather than fails."""
    space = Space(("grid",), (Int("grid.a", 1, 6, 1), Categorical("grid.b", (None, True), None)))
    one = search(space=space, formula=lambda config: config["grid.a"], never=frozenset())
    assert len({tuple(config.items()) for config in configs(one.run(12))}) == 12
    assert one.sampler.propose(one.state).config in space


def _numbers(low, high):
    return st.tuples(st.floats(low, high), st.floats(low, high)).map(sorted)


_FLOATS = st.builds(lambda ends, log: Float("f.x", *ends, ends[0], log), _numbers(1e-8, 1e4), st.booleans())
_INTS = st.builds(
    lambda ends, log: Int("f.n", *ends, ends[0], log),
    st.tuples(st.integers(1, 300), st.integers(1, 300)).map(sorted),
    st.booleans(),
)
_CHOICES = st.lists(
    st.sampled_from([None, True, 1, 0, False, 2.5, "a", "b"]), min_size=1, max_size=4, unique_by=repr
).map(lambda found: Categorical("f.c", tuple(found), found[0]))
_SPACES = st.builds(
    lambda *found: Space(("f",), tuple(one for one in found if one is not None)),
    st.none() | _FLOATS,
    st.none() | _INTS,
    st.none() | _CHOICES,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_SPACES, st.integers(0, 9)), min_size=1, max_size=4))
def test_no_legal_space_makes_it_raise(spaces):
    """Whatever a person makes of the space, each proposal lies in it exactly and nothing raises."""
    first = spaces[0][0]
    one = search(space=first, formula=lambda config: float(len(str(config)) % 7) or None, never=frozenset())
    for space, trials in spaces:
        one.steer(space=space)
        for proposal in one.run(trials):
            assert proposal.config in space
        assert one.sampler.propose(one.state).config in space


# -- the record as an Optuna study --------------------------------------------------------------------------------


def _trial(number, config, value=None, state=TrialState.COMPLETE):
    return Trial(number, SPACE.complete(config), Author.MACHINE, Origin.SAMPLER, state=state, score=value, seconds=1.0)


def test_the_optuna_study_holds_the_record():
    """Finished trials are there under one conditional space, with their numbers and states."""
    trials = Vector()
    for trial in (
        _trial(0, {"family": "line", "line.x": 0.25}, 0.5),
        _trial(1, {"family": "tree"}, 0.7),
        _trial(2, {"family": "tree"}, None, TrialState.FAILED),
        _trial(3, {"family": "tree"}, None, TrialState.RUNNING),
        _trial(4, {"family": "dummy"}, 0.1, TrialState.STOPPED),
    ):
        trials = trials.append(trial)
    study = study_of(SessionState(trials=trials), SPACE, "y")
    assert [t.user_attrs["number"] for t in study.trials] == [0, 1, 2, 4]
    assert [t.state.name for t in study.trials] == ["COMPLETE", "COMPLETE", "FAIL", "PRUNED"]
    assert study.best_trial.params == {"family": "tree", "tree.rate": 0.1, "tree.depth": 3, "tree.kind": "a"}
    assert study.trials[0].params == {"family": "line", "line.x": 0.25}
