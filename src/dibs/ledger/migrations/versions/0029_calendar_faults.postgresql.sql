-- What is in these columns is said in calendar_tables.py.

ALTER TABLE calendar_subscriptions ADD COLUMN failing_since timestamptz;
ALTER TABLE calendar_subscriptions ADD COLUMN told_at timestamptz;
ALTER TABLE calendar_subscriptions ADD COLUMN unread_entries TEXT NOT NULL DEFAULT '[]';

UPDATE calendar_subscriptions SET failing_since = coalesce(succeeded_at, created_at)
WHERE fault IS NOT NULL;
