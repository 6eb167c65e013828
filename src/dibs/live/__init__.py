"""What viewers see, kept current in this process.

The hub keeps the boards that somebody looks at. For each of them it has two halves: the latest from
the hold store and the latest from the ledger. Other modules name its rules by their numbers.
Without each rule some view was wrong:

1. A board has one refresh (a reading of both halves) at a time. A hint or a forced read during a
   refresh causes another one afterwards. A forced read returns only what was read after it was
   asked for. A refresh that took over a second starts again.
2. A refresh reads the holds first. It reads the ledger if the hold store knows a newer version of
   it or none, had lost writes, had been away, or if the caller asks for it. Both halves are
   published together, even if they are older than before: the latest read counts.
3. If the ledger has a newer version than the hold store knows, the version is written into the hold
   store, and the holds are read again: a time that became free in the ledger may be held meanwhile.
4. Once a second the versions of all boards are compared with both sources together: by one call to
   the store and one query to the ledger, which gives versions only if something has changed.
   Overdue checkouts are ended, also on boards that nobody looks at.
5. A claim is not hidden because its time has passed by our clock. At the next deadline there is a
   refresh, and the store or the ledger ends the claim. A deadline that was set by this node is also
   kept for boards that only other nodes watch.
6. While the hold store is away, the last holds stay, each until its deadline, and the board says
   that it is degraded. While the ledger is away, no hold leaves the board, because it may have
   become a booking; after three seconds the board is unknown. A refresh or a comparison without an
   answer counts as if the ledger were away since it began.
7. A board that was not compared for 1.5 s, or that is older than what the client has seen, is read
   before it is served. Nobody waits for that longer than a second. After that they get the last
   board, with what rule 6 says, but not if they have seen a newer one. Followers of a board get
   each state when it is published, without a wait.
8. An answer of the hold store that has a board is shown without another reading, if it is newer
   than what is known and of the same version of the ledger, and if no refresh is running. Hints
   wait for the answer that is expected.
"""
