"""Journals of long searches, made without fitting: a record of N trials as a real search would have left it."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hitl_widget.data.table import normalise, pack
from hitl_widget.data.task import understand
from hitl_widget.domain import event as ev
from hitl_widget.domain.space import Categorical, Int, Space
from hitl_widget.domain.trial import Author, Fold, Origin, TrialState
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.learners.registry import space_for


def write(
    path: Path,
    table: pd.DataFrame,
    target: str,
    trials: int,
    *,
    workers: int = 2,
    seed: int = 0,
    families: Sequence[str] = (),
) -> None:
    """Write a journal with this many finished trials of five folds each, by default of all families alike."""
    arguments = {
        "target": target,
        "metric": None,
        "positive": None,
        "roles": None,
        "groups": None,
        "time": None,
        "holdout": 0.2,
        "seed": 0,
    }
    plain = normalise(table)
    task = understand(plain, **arguments).task
    space = space_for(task)
    limits = {"workers": workers, "trial_seconds": None, "trial_memory": None}
    settings = {"arguments": arguments, "limits": limits, "id": f"{trials:012x}", "created": time.time()}
    events: list[ev.Event] = [
        ev.Opened(settings),
        ev.GenerationOpened(0, space.as_json()),
        ev.BudgetSet(1e6, None),
        ev.AutonomySet("cruise"),
        ev.Started(),
    ]
    rng = random.Random(seed)
    for number in range(trials):
        events += _trial(number, space, task.split.folds, rng, families)
    events.append(ev.Paused())
    journal = SqlJournal(path, create=True)
    journal.put("table", pack(plain))
    now = time.time() - trials
    journal.append(
        [
            ev.Record(seq, now + seq / 8, round(seq / 8, 3), Author.MACHINE, "", event)
            for seq, event in enumerate(events, 1)
        ]
    )
    journal.close()


def _trial(number: int, space: Space, folds: int, rng: random.Random, families: Sequence[str]) -> list[ev.Event]:
    usual = families or [name for name in space.families if name != "dummy"]
    family = "dummy" if number == 0 else rng.choice(usual)
    config: dict[str, Any] = {"family": family}
    for one in space.of(family):
        if isinstance(one, Categorical):
            config[one.name] = rng.choice(one.choices)
        elif isinstance(one, Int):
            config[one.name] = rng.randint(one.low, one.high)
        else:
            config[one.name] = rng.uniform(one.low, one.high)
    level = 0.5 if number == 0 else 0.85 - rng.expovariate(60)
    why = "lightgbm promises most for its cost (chosen with 62 %); settings near its good trials (240 seen)."
    events: list[ev.Event] = [
        ev.TrialQueued(number, config, Author.MACHINE, Origin.SAMPLER, None, why, 0),
        ev.TrialStarted(number),
    ]
    scores = [level + rng.gauss(0, 0.006) for _ in range(folds)]
    events += [
        ev.FoldDone(number, Fold(f, s, 0.0, 0.12, 0.004, 1100, {"rounds": 140}, (), 90000))
        for f, s in enumerate(scores)
    ]
    return [*events, ev.TrialEnded(number, TrialState.COMPLETE)]
