"""E-mail: messages are read from the outbox and sent. No request ever waits for this."""
