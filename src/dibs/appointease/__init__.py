"""Everything that exists for the plugin AppointEase: the API for its clients, and the import of
its data. No other part of Dibs depends on this package, except `app` and `cli`, which start it.
"""
