"""Dates in any usual form are read as a person reads them, the same in training and in prediction."""

from __future__ import annotations

import datetime as dt
import io
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_widget.data.dates import DATE, date_form, date_order, parse_dates, parse_times
from hitl_widget.data.origins import known_origins
from hitl_widget.data.profile import profile
from hitl_widget.data.reader import TableReader
from hitl_widget.data.reading import Reading, learn, read
from hitl_widget.data.rows import time_ranks
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Column, Role

N = 200
X = np.random.default_rng(0).normal(size=N)
Y = (X > 0).astype(int)

DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d. %m. %Y"),
    *(
        "%d %B %Y",
        "%d %b %Y",
        "%d-%b-%Y",
        "%B %d, %Y",
        "%b %d %Y",
        "%d%b%Y",
        "%a, %d %b %Y",
        "%A, %B %d, %Y",
        "%Y-%b-%d",
    ),
)
SHORT = ("%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%d-%b-%y", "%y-%m-%d", "%y/%m/%d")
CLOCKS = (
    "",
    " %H:%M",
    " %H:%M:%S",
    ", %H:%M",
    " %I:%M %p",
    " %I:%M:%S %p",
    " at %H:%M",
    " %H:%M:%S,%f",
    " %H:%M:%S.%f",
    "T%H:%M:%S",
    "T%H:%M:%SZ",
    " %H:%M:%S +0000",
    " %H:%M GMT",
)


@st.composite
def columns(draw) -> tuple[list[dt.datetime], str]:
    """Draw dates and one of the forms, so that the order of day and month can be told."""
    short = draw(st.booleans())
    form = draw(st.sampled_from(SHORT if short else DAYS)) + draw(st.sampled_from(CLOCKS))
    low, high = (
        (dt.datetime(1969, 1, 1), dt.datetime(2068, 12, 31))
        if short
        else (dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31))
    )
    days = draw(st.lists(st.datetimes(low, high), min_size=1, max_size=30))
    decisive = [dt.datetime(1999, 5, 13, 7), dt.datetime(2031, 12, 31), dt.datetime(1988, 1, 28, 12, 30)]
    return [*days, *decisive], form


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(columns())
def test_dates_are_read_back_from_any_form(drawn: tuple[list[dt.datetime], str]) -> None:
    """Texts of one form give the moments they were made of, at its precision, also one at a time after training."""
    moments, form = drawn
    texts = [one.strftime(form) for one in moments]
    wanted = np.array([dt.datetime.strptime(text, form).replace(tzinfo=None) for text in texts], DATE)
    reading = learn(Column("w", Role.DATE, ""), pd.Series(texts, dtype=object))
    np.testing.assert_array_equal(read(reading, pd.Series(texts, dtype=object)), wanted)
    assert date_form(texts) == reading.form
    one = read(reading, pd.Series(texts[:1], dtype=object))
    np.testing.assert_array_equal(one, wanted[:1])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.times(), min_size=1, max_size=20), st.sampled_from(["%H:%M", "%H:%M:%S", "%I:%M %p", "%H:%M:%S.%f"]))
def test_times_of_day_are_hours(times: list[dt.time], form: str) -> None:
    """Times alone are read as hours since midnight, as a number."""
    texts = [one.strftime(form) for one in times]
    wanted = [dt.datetime.strptime(text, form) - dt.datetime(1900, 1, 1) for text in texts]
    np.testing.assert_allclose(parse_times(texts), [one.total_seconds() / 3600 for one in wanted])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tue, 02 Jan 2024 11:00:00 -0500", "2024-01-02T16:00"),
        ("Tue Jan  2 11:00:00 2024", "2024-01-02T11:00"),
        ("02/Jan/2024:11:00:00 +0100", "2024-01-02T10:00"),
        ("31JAN2024:10:11:12", "2024-01-31T10:11:12"),
        ("2024-01-02T11:00:00+09:00[Asia/Tokyo]", "2024-01-02T02:00"),
        ("20240102T111213", "2024-01-02T11:12:13"),
        ("1st of May 2024", "2024-05-01"),
        ("Sept. 5, 2024", "2024-09-05"),
        ("31/12/1999 12:00 a.m.", "1999-12-31"),
        ("2024-01-02 24:00", "2024-01-03"),
        ("2024-05", "2024-05-01"),
        ("May 2024", "2024-05-01"),
        ("0001-01-01", "0001-01-01"),
        ("29.02.2024", "2024-02-29"),
        *(
            (text, "NaT")
            for text in ("0000-00-00", "2023-02-29", "31.04.2024", "2024-13-13", "soon", "1.2.3", "10.0.0.1")
        ),
        *(
            (text, "NaT")
            for text in ("2024-01-02 25:00", "2024-01-02 11:61", "12/2024/01", "555-12-3456", "May", "x" * 99)
        ),
    ],
)
def test_one_date(text: str, wanted: str) -> None:
    """Other forms are read, too; texts that are no date of the calendar are missing."""
    np.testing.assert_array_equal(parse_dates([text, "2024-01-01"]).times[0], np.datetime64(wanted, "us"))


@pytest.mark.parametrize(
    ("texts", "form", "assumed"),
    [
        (["01/02/2024", "03/04/2024"], "month first", True),
        (["01.02.2024", "03.04.2024"], "day first", True),
        (["01/02/2024"] * 600 + ["13/02/2024"], "day first", False),
        (["01/02/2024"] * 600 + ["02/13/2024"], "month first", False),
        (["13.02.24"], "day first", True),
        (["13.02.24", "14.02.24", "15.02.24", "16.02.24"], "day first", False),
        (["24-01-02", "24-01-13", "24-01-31", "24-02-28", "23-02-27", "23-05-05", "23-06-04"], "year first", True),
        (["99-01-02", "24-01-13"], "year first", False),
        (["01.02.2024", "01.13.2024"], "month first, also with dots", False),
        (["01/13/2024", "01.02.2024"], "month first", False),
        (["2024-01-02"], "ISO8601", False),
        (["02/02/2024"], "month first", False),
    ],
)
def test_the_order_is_decided_by_all_values(texts: list[str], form: str, assumed: bool) -> None:
    """One value that only one order allows decides; without one, the order is assumed."""
    order = date_order(texts)
    assert order is not None
    assert (order.form, order.open) == (form, assumed)


FAR = ["2024-05-01", "9999-12-31", "1500-01-01", "0001-01-01"] * (N // 4)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "text", "csv", "date", "datetime", "mixed"])
def test_far_dates_keep_their_order(unit: str) -> None:
    """Years that nanoseconds do not hold are read right from any type, and order the rows."""
    values = pd.Series(np.array(FAR, "datetime64[s]"))
    if unit in ("s", "ms", "us"):
        days = values.astype(f"datetime64[{unit}]")
    elif unit == "csv":
        days = pd.read_csv(io.StringIO("d\n" + "\n".join(FAR)))["d"]
    elif unit == "text":
        days = pd.Series(FAR, dtype=object)
    else:
        cells = [dt.datetime.fromisoformat(one) for one in FAR]
        days = pd.Series([one.date() if unit == "date" else one for one in cells], dtype=object)
        if unit == "mixed":
            days = days.where(np.arange(N) % 3 > 0, values.astype(str))
    table = pd.DataFrame({"until": days, "x": X, "y": Y})
    found = understand(table, "y", time="until")
    column = next(one for one in found.task.columns if one.name == "until")
    assert column.role is Role.DATE
    wanted = np.array(FAR, DATE)
    np.testing.assert_array_equal(read(learn(column, found.table["until"]), found.table["until"]), wanted)
    np.testing.assert_array_equal(time_ranks(found.table, "until"), np.unique(wanted, return_inverse=True)[1])
    assert found.table["until"][found.holdout].astype(str).str.startswith("9999").all()
    (spread,) = (one.distribution for one in profile(found) if one.name == "until")
    assert sum(spread.counts) == N
    pd.testing.assert_frame_equal(unpack(pack(table)), normalise(table))


def test_periods_and_zones_of_far_years() -> None:
    """Periods are read as their start, and zoned dates in UTC, in any year."""
    periods = pd.Series(pd.PeriodIndex(["9999-12", "2024-01", None], freq="M"))
    plain = normalise({"p": periods})["p"]
    assert plain.to_numpy().astype("datetime64[D]").astype(str).tolist() == ["9999-12-01", "2024-01-01", "NaT"]
    zoned = [dt.datetime(9999, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=9)))]
    assert normalise({"z": pd.Series(zoned, dtype=object)})["z"][1] == pd.Timestamp("2023-12-31 15:00")


def test_tables_that_were_saved_in_nanoseconds_are_read() -> None:
    """Journals of earlier versions keep dates in nanoseconds."""
    import json
    import zipfile

    raw = {"c0": np.array(["2024-05-01T10:00", "NaT"], "datetime64[ns]").view(np.int64)}
    head = {"rows": 2, "names": ["d"], "columns": [{"kind": "date"}]}
    raw["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for key, array in raw.items():
            with archive.open(key + ".npy", "w") as member:
                np.lib.format.write_array(member, array)
    found = unpack(buffer.getvalue())["d"].to_numpy()
    np.testing.assert_array_equal(found, np.array(["2024-05-01T10:00", "NaT"], DATE))


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%d %B %Y", "%Y/%m/%d", "%d-%b-%y", "%d.%m.%Y, %H:%M", "%Y%m%d", "%d/%m/%Y"]
)
@pytest.mark.parametrize("trained", ["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "dates"])
def test_a_date_is_read_in_another_form_than_in_training(trained: str, form: str) -> None:
    """A model that was trained on one form reads the others, also a single row."""
    days = pd.Series(pd.date_range("2020-01-01", periods=N))
    reader = TableReader((Column("day", Role.DATE, ""),))
    reader.fit({"day": days if trained == "dates" else days.dt.strftime(trained)})
    if form.startswith("%d/") and trained != "%d/%m/%Y":
        days = days[days.dt.day > 12]
    for rows in (days, days[12:13]):
        with warnings.catch_warnings():  # tested in test_unread.py
            warnings.filterwarnings("ignore", ".* order", UserWarning)
            read_ = reader.transform({"day": rows.dt.strftime(form).tolist()})["day"]
        assert read_.tolist() == rows.tolist()


def test_formats_of_earlier_versions_are_understood() -> None:
    """Saved models hold the format of the day they were trained."""
    old = pickle.loads(pickle.dumps(Reading("d", Role.DATE, form="%d/%m/%Y %H:%M")))
    values = pd.Series(["01/02/2024", "2024-02-01"], dtype=object)
    assert set(read(old, values)) == {np.datetime64("2024-02-01")}
    assert set(read(Reading("d", Role.DATE, form="%m/%d/%Y"), values[:1])) == {np.datetime64("2024-01-02")}


@pytest.mark.parametrize(
    "form",
    [
        "%m/%d/%Y %I:%M:%S %p",
        "%d.%m.%y",
        "%H:%M:%S",
        "%d.%m.%Y, %H:%M",
        "%Y-%m-%d %H:%M:%S,000",
        "%d %B %Y %H:%M",
        "%a, %d %b %Y %H:%M:%S GMT",
    ],
)
def test_times_written_as_text_have_a_role(form: str) -> None:
    """Dates become dates, and times of day numbers of hours; the reason says so."""
    moments = pd.date_range("2024-01-01", periods=N, freq="5h")
    column = understand(pd.DataFrame({"w": moments.strftime(form), "x": X, "y": Y}), "y").task.columns[0]
    alone = form == "%H:%M:%S"
    assert column.role is (Role.NUMERIC if alone else Role.DATE)
    assert column.reason.startswith("times of day, in hours" if alone else "dates stored as text")


@pytest.mark.parametrize(
    ("values", "unit"),
    [([1999, 2024], "years"), ([19991231, 20240501], "YYYYMMDD"), ([1.7e9, 0], "seconds"), ([1.7e12], "milliseconds")],
)
def test_numbers_as_dates_keep_their_unit(values: list[float], unit: str) -> None:
    """The unit is learnt in training, so that one row is read as it is among others."""
    column = Column("d", Role.DATE, "")
    for series in (pd.Series(values), pd.Series([str(int(one)) for one in values], dtype=object)):
        reading = learn(column, pd.Series(values * 9))
        assert reading.form == unit
        whole = read(reading, series)
        assert not np.isnat(whole).any()
        for i in range(len(values)):
            np.testing.assert_array_equal(read(reading, series[i : i + 1]), whole[i : i + 1])


@pytest.mark.parametrize("stray", [0.01, 0.1, 0.5, 0.9])
def test_a_role_of_dates_keeps_the_dates_among_other_texts(stray: float) -> None:
    """The cells that are dates are read, however many are not."""
    texts = pd.Series(
        pd.date_range("2024", periods=N).strftime("%d/%m/%Y").where(np.arange(N) >= stray * N, "unknown yet")
    )
    task = understand(pd.DataFrame({"d": texts, "x": X, "y": Y}), "y", roles={"d": "date"})
    kept = read(learn(task.task.columns[0], task.table["d"]), task.table["d"])
    assert np.isnat(kept).sum() == stray * N
    assert any(
        note.startswith(f"{int(stray * N)} values of d cannot be read as dates and are missing")
        for note in task.task.notes
    )


def notes_of(values: object, **more: object) -> tuple[str, ...]:
    """Return the notes on a table with a column `w`."""
    return understand(normalise(pd.DataFrame({"w": values, "x": X, "y": Y})), "y", **more).task.notes


MOMENTS = pd.Series(pd.date_range("2024-01-01", periods=N, freq="13h"))
TOKYO = MOMENTS.dt.tz_localize("Asia/Tokyo")
AMERICAN = MOMENTS.dt.strftime("%m/%d/%Y")
LATER = MOMENTS.index > 2


@pytest.mark.parametrize("more", [{}, {"time": "w"}])
@pytest.mark.parametrize(
    ("values", "said"),
    [
        (TOKYO, "w has the time zone Asia/Tokyo and is read in UTC"),
        (TOKYO.astype(object), "w has the time zone Asia/Tokyo and is read in UTC"),
        (MOMENTS.dt.strftime("%Y-%m-%dT%H:%M+09:00"), "w holds times with a time zone, which are read in UTC"),
        (MOMENTS.dt.strftime("%d.%m.%Y").where(LATER, "soon"), "3 values of w, such as 'soon', are no dates"),
        (MOMENTS.astype(object).where(LATER, dt.datetime(9999, 12, 31)), "w holds 3 dates before 1678 or after 2261"),
        (AMERICAN.where(MOMENTS.dt.day < 13, "01/02/2024"), "w holds dates such as '01/02/2024', and no value shows"),
        (AMERICAN.where(LATER, "31/01/2024"), "w is read month first, but 3 values such as '31/01/2024' do not fit"),
        (AMERICAN, None),
        (MOMENTS.dt.tz_localize("UTC"), None),
        (MOMENTS, None),
    ],
)
def test_what_was_assumed_is_said(values: object, said: str | None, more: dict[str, object]) -> None:
    """A note says the zone, the order that was assumed, and the cells that are no dates; nothing else is said."""
    notes = [note for note in notes_of(values, **more) if "w " in note or "of w" in note]
    assert [note for note in notes if note.startswith(said)] if said else not notes, notes


def test_notes_on_zones_survive_the_journal() -> None:
    """A table that was saved still says the zone of its dates, and the type of durations."""
    table = pd.DataFrame({"w": MOMENTS.dt.tz_localize("Europe/Paris"), "t": pd.to_timedelta(range(N), unit="h")})
    again = unpack(pack(normalise(table)))
    assert known_origins(again) == {"w": {"zone": "Europe/Paris"}, "t": {"duration": True}}


@pytest.mark.parametrize(("mark", "read_", "meant"), [("/", "month first", "%d"), (".", "day first", "%m")])
def test_the_remedy_of_an_assumed_order_works(mark: str, read_: str, meant: str) -> None:
    """The code in the note converts the column to the other order."""
    days = pd.Series(pd.date_range("2024-01-01", periods=12, freq="MS"))
    days = pd.concat([days] * 10, ignore_index=True)
    other = {"%d": "%m", "%m": "%d"}[meant]
    table = pd.DataFrame({"w": days.dt.strftime(mark.join((meant, other, "%Y"))), "x": X[:120], "y": Y[:120]})
    (said,) = (note for note in understand(table, "y").task.notes if "no value shows" in note)
    assert f"read {read_}" in said
    code = said.split("convert them first: ")[1].rstrip(".")
    assert eval(code, {"pandas": pd, "table": table}).tolist() == days.tolist()


@pytest.mark.parametrize("trained", ["dates", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "numbers"])
def test_one_row_is_read_as_it_is_among_others(trained: str) -> None:
    """What a text means does not depend on the other rows of the table to predict."""
    days = pd.Series(pd.date_range("2020-01-01", periods=N))
    known = {"dates": days, "numbers": days.dt.year}
    values = known[trained] if trained in known else days.dt.strftime(trained).astype(object)
    reading = learn(Column("d", Role.DATE, ""), values)
    texts = pd.Series(
        ["01/02/2024", "13/02/2024", "02/13/2024", "01.02.2024", "24-01-02", "2024", "20240102"], dtype=object
    )
    whole = read(reading, texts)
    alone = [read(reading, texts[i : i + 1])[0] for i in range(len(texts))]
    np.testing.assert_array_equal(whole, np.array(alone))


@pytest.mark.parametrize(
    ("written", "starts"),
    [
        (["2024-Q1", "2024-Q3", "2023-Q4"], ["2024-01-01", "2024-07-01", "2023-10-01"]),
        (["Q1 2024", "3Q2024", "2023q4"], ["2024-01-01", "2024-07-01", "2023-10-01"]),
        (["2024-W01", "2020-W53", "2026W01", "2024-W05-3"], ["2024-01-01", "2020-12-28", "2025-12-29", "2024-01-31"]),
        (["2024-Q5", "2021-W53", "2024-W00", "2024-W05-8"], ["NaT"] * 4),
    ],
)
def test_quarters_and_weeks_are_dates(written: list[str], starts: list[str]) -> None:
    """Each is the day on which it starts."""
    assert parse_dates(written).times.astype("datetime64[D]").astype(str).tolist() == starts


@pytest.mark.parametrize("form", [lambda one: one, lambda one: one.astype(float), lambda one: one.astype(str)])
def test_eight_digits_that_are_all_dates_are_dates(form) -> None:
    """Numbers and texts such as 20240501 are read as dates and said; with one that is no date they are numbers."""
    days = pd.Series(pd.date_range("2024-01-28", periods=40))
    numbers = form(days.dt.strftime("%Y%m%d").astype(int))
    task = understand({"day": numbers, "y": [0, 1] * 20}, "y").task
    assert task.columns[0].role is Role.DATE
    assert any(note.startswith("day holds dates as whole numbers") for note in task.notes)
    reading = learn(task.columns[0], normalise({"day": numbers})["day"])
    assert (read(reading, normalise({"day": numbers})["day"]) == days.to_numpy("datetime64[us]")).all()
    assert (read(reading, normalise({"day": days})["day"]) == days.to_numpy("datetime64[us]")).all()
    numbers.iloc[7] = form(pd.Series([20240231])).iloc[0]
    assert understand({"day": numbers, "y": [0, 1] * 20}, "y").task.columns[0].role is Role.NUMERIC
