"""Writes and sends e-mail about the events in the outbox. No request ever waits for this."""
