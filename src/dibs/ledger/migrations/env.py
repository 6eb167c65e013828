"""Runs migrations on the connection that `ledger.migrate` hands over."""

from alembic import context

from dibs.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
