"""Generate `bookings.csv`: the rooms that a fictitious hotel sold on each day of three years.

All values are random draws from the rules below. The table is in the public domain (CC0).

The demand is a random walk: it changes little from day to day, but much over a month.
"""

from pathlib import Path

import numpy as np
import pandas as pd

DAYS = 1_096


def main() -> None:
    """Write the table beside this file."""
    random = np.random.default_rng(5)
    dates = pd.date_range("2022-05-01", periods=DAYS, freq="D")
    season = np.cos(2 * np.pi * (dates.day_of_year.to_numpy() - 205) / 365.25)
    temperature = 13 + 9 * season + random.normal(0, 3, DAYS)
    weekend = dates.day_of_week.to_numpy() >= 4
    fair = random.random(DAYS) < 0.06
    price = (92 + 14 * season + 12 * weekend + random.normal(0, 8, DAYS)).round()
    mood = np.zeros(DAYS)
    for day in range(1, DAYS):
        mood[day] = 0.95 * mood[day - 1] + random.normal(0, 3.6)
    rooms = 110 + mood + 12 * season + 11 * weekend + 22 * fair - 0.35 * (price - 92) + random.normal(0, 4, DAYS)

    table = pd.DataFrame(
        {
            "date": dates.strftime("%Y-%m-%d"),
            "weekday": dates.day_name(),
            "temperature": temperature.round(1),
            "price": price.astype(int),
            "trade_fair": np.where(fair, "yes", "no"),
            "rooms_sold": np.clip(rooms, 0, 220).round().astype(int),
        }
    )
    table.to_csv(Path(__file__).with_name("bookings.csv"), index=False)


if __name__ == "__main__":
    main()
