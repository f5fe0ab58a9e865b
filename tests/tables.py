"""Tables made for the tests: small, seeded, with the traps of real ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

EVIL = "<img src=x onerror=alert(1)>"


def customers(rows=600, seed=0):
    """Customers who churn: an id, numbers as text with blanks, categories, and a column with an evil name."""
    rng = np.random.default_rng(seed)
    tenure = rng.integers(0, 72, rows)
    monthly = rng.normal(65, 30, rows).clip(18, 120).round(2)
    contract = rng.choice(["Month-to-month", "One year", "Two year"], rows, p=[0.55, 0.2, 0.25])
    risk = 0.8 * (contract == "Month-to-month") - tenure / 40 + monthly / 90 + rng.normal(0, 0.4, rows)
    total = (tenure * monthly).round(2).astype(str)
    total[tenure == 0] = " "
    return pd.DataFrame(
        {
            "customerID": [f"C{number:05d}-{number * 7919 % 997:03d}" for number in range(rows)],
            "tenure": tenure,
            "MonthlyCharges": monthly,
            "TotalCharges": total,
            "Contract": contract,
            EVIL: rng.choice(["a", "b", None], rows),
            "Churn": np.where(risk > np.quantile(risk, 0.73), "Yes", "No"),
        }
    )


def prices(rows=400, seed=0):
    """Houses with a price."""
    rng = np.random.default_rng(seed)
    area, rooms = rng.normal(120, 40, rows).clip(20), rng.integers(1, 8, rows)
    price = 1000 * area + 9000 * rooms + rng.normal(0, 15000, rows)
    return pd.DataFrame({"area": area, "rooms": rooms, "town": rng.choice(list("abc"), rows), "price": price})


def species(rows=300, seed=0):
    """Flowers of three kinds."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, rows)
    return pd.DataFrame(
        {
            "length": kind + rng.normal(0, 0.6, rows),
            "width": -kind + rng.normal(0, 0.8, rows),
            "species": np.array(["setosa", "virginica", "versicolor"])[kind],
        }
    )
