"""Generate `memberships.csv`: fictitious members of a chain of gyms, and whether they left within three months.

All values are random draws from the rules below, without data of real people. The table is in the public domain (CC0).
"""

from pathlib import Path

import numpy as np
import pandas as pd

ROWS = 2_400


def main() -> None:
    """Write the table beside this file."""
    random = np.random.default_rng(7)
    joined = pd.Timestamp("2021-01-01") + pd.to_timedelta(random.integers(0, 4 * 365, ROWS), unit="D")
    months = (pd.Timestamp("2025-03-01") - joined).days / 30.4
    age = np.clip(random.normal(38, 13, ROWS), 16, 84).round()
    plan = random.choice(["monthly", "yearly", "two years"], ROWS, p=[0.55, 0.33, 0.12])
    city = random.choice(["Aarhus", "Bologna", "Cork", "Dijon", "Essen", "Faro"], ROWS)
    visits = random.gamma(2.0, 2.4, ROWS) * np.where(age > 55, 1.2, 1.0)
    trend = random.normal(0, 1, ROWS)
    classes = random.poisson(np.where(random.random(ROWS) < 0.4, 3, 0.3))
    payment = random.choice(["card", "direct debit", "invoice"], ROWS, p=[0.45, 0.45, 0.10])
    fee = np.select([plan == "monthly", plan == "yearly"], [49.0, 39.0], 33.0) + random.choice([0, 5, 10], ROWS)
    friend = random.random(ROWS) < 0.3
    complaints = random.poisson(0.25, ROWS)

    # Few visits matter most on a monthly plan. A friend or a class keeps members on any plan.
    free_to_go = plan == "monthly"
    pull = (
        -1.9
        + 1.5 * free_to_go
        + 2.2 * (free_to_go & (visits < 3) & (classes == 0))
        - 0.6 * trend
        + 0.9 * np.minimum(complaints, 2) * (trend < 0)
        - 0.9 * (friend & (classes > 0))
        + 0.04 * (fee - 45)
        - 0.9 * np.log1p(months) / np.log(50)
        + 0.5 * (payment == "invoice")
        + 0.8 * ((age < 24) & free_to_go)
    )
    left = random.random(ROWS) < 1 / (1 + np.exp(-pull))

    table = pd.DataFrame(
        {
            "member": [f"M{number:05d}" for number in random.permutation(ROWS) + 10_000],
            "joined": joined.strftime("%Y-%m-%d"),
            "age": pd.array(age, dtype="Int64"),
            "city": city,
            "plan": plan,
            "monthly_fee": fee,
            "payment": payment,
            "visits_per_month": visits.round(1),
            "visits_trend": trend.round(2),
            "classes_per_month": classes,
            "brought_a_friend": np.where(friend, "yes", "no"),
            "complaints": complaints,
            "left": np.where(left, "yes", "no"),
        }
    )
    # Missing values, as in real data: unknown ages and unread cards.
    table.loc[random.random(ROWS) < 0.06, "age"] = pd.NA
    table.loc[random.random(ROWS) < 0.04, "visits_trend"] = np.nan
    table.to_csv(Path(__file__).with_name("memberships.csv"), index=False)


if __name__ == "__main__":
    main()
