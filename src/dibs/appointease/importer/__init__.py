"""Bringing in what another booking system holds.

`mysql` reads its tables as they are; `rows` says in Dibs's words what their rows mean, and names
each that means nothing; `merging` adds them to the catalog; `importer` writes it all in one
transaction and reports.
"""
