"""Everything that exists for the plugin AppointEase: its API for its clients, and the import of
its data. It stands above the rest: nothing of the core knows of it.
"""
