"""Telling people: reads the outbox and sends. No answer ever waits for it."""
