"""Generate `checkups.csv`: several check-ups for each of some fictitious patients, over three years.

All values are random draws from the rules below, without data of real people. The table is in the public domain (CC0).

The frequency of flares depends on the patient, for reasons that no column contains. The year of birth, height, eye
pressure and bone density hardly change between visits, so a model can recognize a patient. If rows of the same patient
are in training and validation, the score is therefore too good.
"""

from pathlib import Path

import numpy as np
import pandas as pd

PATIENTS = 160


def main() -> None:
    """Write the table beside this file."""
    random = np.random.default_rng(11)
    visits = random.integers(5, 12, PATIENTS)
    patient = np.repeat(np.arange(PATIENTS), visits)
    rows = len(patient)

    # Constant for a patient: a hidden tendency, and readings that identify the patient.
    tendency = random.normal(0, 1.7, PATIENTS)[patient]
    birth_year = random.integers(1938, 2001, PATIENTS)[patient]
    height = random.normal(171, 9, PATIENTS).round()[patient]
    eye_pressure = (random.normal(15.5, 2.6, PATIENTS)[patient] + random.normal(0, 0.15, rows)).round(1)
    bone_density = (random.normal(1.1, 0.14, PATIENTS)[patient] + random.normal(0, 0.006, rows)).round(3)

    # Different at each visit.
    day = random.integers(0, 3 * 365, rows)
    date = pd.Timestamp("2022-01-03") + pd.to_timedelta(day, unit="D")
    inflammation = random.normal(0, 1, rows)
    sleep = np.clip(random.normal(6.8, 1.1, rows), 3, 10)
    reading = np.exp(1.1 + 0.45 * inflammation + random.normal(0, 0.35, rows))

    pull = -0.6 + tendency + 0.9 * inflammation - 0.45 * (sleep - 6.8)
    flare = random.random(rows) < 1 / (1 + np.exp(-pull))
    table = pd.DataFrame(
        {
            "patient": [f"P{number:03d}" for number in random.permutation(900)[:PATIENTS][patient] + 100],
            "date": date.strftime("%Y-%m-%d"),
            "birth_year": birth_year,
            "height_cm": height.astype(int),
            "eye_pressure": eye_pressure,
            "bone_density": bone_density,
            "sleep_hours": sleep.round(1),
            "crp": reading.round(2),
            "flare": np.where(flare, "yes", "no"),
        }
    )
    table.sort_values(["date", "patient"]).to_csv(Path(__file__).with_name("checkups.csv"), index=False)


if __name__ == "__main__":
    main()
