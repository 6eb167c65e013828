"""`python -m bench NAME` runs a benchmark. Without a name it lists all benchmarks."""

from __future__ import annotations

import argparse

from bench import (
    appointease,
    booking,
    deadlines,
    fanout,
    hold,
    letters,
    month,
    office,
    page,
    poll,
    propagation,
    reports,
    traffic,
    years,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dibs bench", description="Run a benchmark.")
    names = parser.add_subparsers(metavar="NAME")
    polls = names.add_parser("poll", help="polls beside a bare app that answers fixed bytes")
    polls.add_argument(
        "--appointease",
        action="store_true",
        help="instead: bytes, requests/s and waiting times of AppointEase's clients",
    )
    polls.set_defaults(
        run=lambda chosen: appointease.run(chosen.short) if chosen.appointease else poll.run()
    )
    holds = names.add_parser("hold", help="holds beside the bare script call")
    holds.set_defaults(run=lambda chosen: hold.run(chosen.short))
    bookings = names.add_parser(
        "booking", help="bookings beside the same statements (sqlite3, pgbench), and the race"
    )
    bookings.set_defaults(run=lambda chosen: booking.run(chosen.short))
    months = names.add_parser(
        "month", help="a month of twenty people, and a poll beside those who open one"
    )
    months.set_defaults(run=lambda chosen: month.run(chosen.short))
    many = names.add_parser(
        "years", help="month, poll and booking with three years of data, beside a new database"
    )
    many.set_defaults(run=lambda chosen: years.run(chosen.short))
    figures = names.add_parser(
        "reports", help="each report of the office over a year of 100,000 bookings"
    )
    figures.set_defaults(run=lambda chosen: reports.run(chosen.short))
    mails = names.add_parser("letters", help="bookings beside mail servers that hang or refuse")
    mails.set_defaults(run=lambda chosen: letters.run(chosen.short))
    for each in (polls, holds, bookings, months, many, figures, mails):
        each.add_argument("--short", action="store_true", help="fewer and shorter rounds")
    pages = names.add_parser("page", help="first paint, and a month one can click, in Chromium")
    pages.set_defaults(run=lambda _: page.run())
    for name, run, about in (
        (
            "propagation",
            propagation.run,
            "how soon viewers have a change: push, polling, heartbeat",
        ),
        ("deadlines", deadlines.run, "how late viewers are told that a claim has run out"),
        ("fanout", fanout.run, "one change to thousands of streams, beside bare socket writes"),
        ("office", office.run, "the calendar of 30 people with 500 bookings, in Chromium"),
        ("traffic", traffic.run, "requests and bytes of a viewer in a minute"),
    ):
        names.add_parser(name, help=about).set_defaults(run=lambda _, run=run: run())
    chosen = parser.parse_args()
    if "run" in chosen:
        chosen.run(chosen)
    else:
        parser.print_help()


main()
