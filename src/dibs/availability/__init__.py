"""Pure time arithmetic: from opening hours to the slots that can be offered.

Nothing here reads a clock, a file or a database. The modules build on each other in this order:

* `intervals`: intervals of real time, joined and compared
* `wall`: local wall time and instants; the one place that knows about clock changes
* `hours`: weekly schedule, overrides and closures; when a resource is open
* `slots`: the starts that can be offered, and whether one may be booked
* `boards`: the key of a board, and which boards a time touches
* `busy_pieces`: busy times of other calendars, cut into pieces that can be allocated
* `free_starts`: which starts are free, over many days at once

An instant is an aware `datetime` in UTC, a wall time a naive one. Durations are whole minutes.
Times within three days of either end of the calendar (years 1 and 9999) raise `OverflowError`.
"""
