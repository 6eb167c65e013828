"""Keeps current, in this process, what viewers see.

The hub keeps the boards that somebody looks at. For each board it has two halves: the latest from
the hold store and the latest from the ledger. The hub follows these rules, and other modules name
them by their numbers. Without any one of them some view would be wrong:

1. A board has one refresh (a reading of both halves) at a time. A hint or a forced read during a
   refresh causes another refresh afterwards. A forced read returns only what was read after the
   call. A refresh that took more than a second starts again.
2. A refresh reads the holds first. It also reads the ledger if the hold store knows a newer version
   of the board in the ledger or no version, has lost writes, or was away, or if the caller asks for
   it. Both halves are published together, even if they are older than before: the latest read
   counts.
3. If the ledger has a newer version than the hold store knows, the version is written into the hold
   store, and the holds are read again: a time that became free in the ledger may be held meanwhile.
4. Once a second the versions of all boards are compared with both sources together: by one call to
   the store and one query to the ledger, which gives versions only if something has changed.
   Overdue checkouts are ended, also on boards that nobody looks at.
5. A claim is not hidden because its time has passed by this node's clock. At the next deadline
   there is a refresh, and the store or the ledger ends the claim. A deadline that this node has set
   is also kept for boards that only other nodes watch.
6. While the hold store is away, the last holds stay, each until its deadline, and the board says
   that it is degraded. While the ledger is away, no hold leaves the board, because it may have
   become a booking; after three seconds the board is unknown. If a refresh or a comparison gets no
   answer, the ledger counts as away since that refresh or comparison began.
7. A board that was not compared for 1.5 s, or that is older than what the client has seen, is read
   before it is served. A caller waits for this no longer than a second. Then they get the last
   board, shown as rule 6 says, unless they have seen a newer one. Followers of a board get each
   state when it is published, without waiting.
8. An answer of the hold store that contains a board is shown without another reading, if it is
   newer than what is known, if it has the same version of the ledger, and if no refresh is running.
   Hints about a board wait while such an answer is expected.
"""
