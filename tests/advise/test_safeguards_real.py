"""The traps of real tables that INDEX.csv names are found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hitl_widget.advise.safeguards import data_safeguards
from hitl_widget.data.task import understand

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DATA / "INDEX.csv").exists(), reason="the shared tables are not here"),
]

TRAPS = [
    ("titanic", "Survived", "identifiers", {"Ticket"}),
    ("titanic_leaky", "survived", "copy", {"alive"}),
    ("titanic_leaky", "survived", "recodes", {"pclass", "class"}),
    ("titanic_leaky", "survived", "duplicates", set()),
    ("bank_marketing", "deposit", "late", {"duration"}),
    ("bank_marketing", "deposit", "codes", {"pdays"}),
    ("bank_marketing", "deposit", "unknowns", {"job", "education", "contact", "poutcome"}),
    ("bank_marketing", "deposit", "order", set()),
    ("pima_diabetes", "class", "codes", {"plas", "pres", "skin", "insu", "mass"}),
    ("spambase", "class", "duplicates", set()),
    ("spambase", "class", "order", set()),
    ("compas", "two_year_recid", "late", {"event"}),
    ("compas", "two_year_recid", "outshines", {"end", "is_recid"}),
    ("compas", "two_year_recid", "missingness", {"r_charge_degree", "r_offense_date", "r_charge_desc", "r_jail_in"}),
    ("compas", "two_year_recid", "constant", {"violent_recid", "type_of_assessment", "v_type_of_assessment"}),
    ("electricity", "class", "order", set()),
    ("electricity", "class", "time", {"date"}),
    ("horse_colic", "outcome", "late", {"lesion_site_1"}),
    ("horse_colic", "outcome", "repeats", {"hospital_number"}),
    ("mice_protein", "class", "groups", {"MouseID"}),
    ("mice_protein", "class", "together", {"Genotype", "Treatment", "Behavior"}),
    ("california_housing", "median_house_value", "capped", set()),
    ("california_housing", "median_house_value", "order", set()),
    ("diamonds", "price", "codes", {"x", "y", "z"}),
    ("diamonds", "price", "order", set()),
    ("parkinsons_updrs", "total_UPDRS", "groups", {"subject#"}),
    ("parkinsons_updrs", "total_UPDRS", "outshines", {"motor_UPDRS"}),
]
_KNOWN = {}


def safeguards(name, target):
    if name not in _KNOWN:
        table = pd.read_csv(DATA / f"{name}.csv", low_memory=False)
        _KNOWN[name] = data_safeguards(understand(table, target))
    return _KNOWN[name]


@pytest.mark.parametrize(("name", "target", "rule", "columns"), TRAPS, ids=[f"{one[0]}-{one[2]}" for one in TRAPS])
def test_a_trap_is_found(name, target, rule, columns) -> None:
    """By the rule that is made for it, and with its columns."""
    found = [one for one in safeguards(name, target) if one.rule == rule]
    assert found
    assert columns <= {column for one in found for column in one.columns}


@pytest.mark.parametrize(
    ("name", "target", "arguments", "silent"),
    [
        ("parkinsons_updrs", "total_UPDRS", {"groups": "subject#"}, "groups"),
        ("electricity", "class", {"time": "date"}, "time"),
        ("electricity", "class", {"time": "date"}, "order"),
        ("titanic_leaky", "survived", {"roles": {"alive": "ignored"}}, "copy"),
    ],
)
def test_what_was_answered_is_silent(name, target, arguments, silent) -> None:
    """With the answer taken up, the rule has nothing to say."""
    table = pd.read_csv(DATA / f"{name}.csv", low_memory=False)
    assert silent not in {one.rule for one in data_safeguards(understand(table, target, **arguments))}
