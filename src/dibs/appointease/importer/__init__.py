"""The import of the plugin's data.

`mysql` reads the plugin's tables. `rows` turns their rows into Dibs's own types, and lists each row
that can't be understood. `merging` adds services, staff and closures to the catalog. `importer`
writes everything in one transaction and reports what it did.
"""
