-- What each column means is said in tables.py. One notice was for moves and cancellations.

ALTER TABLE services RENAME COLUMN change_notice TO move_notice;
ALTER TABLE services
  ADD COLUMN cancel_notice INTEGER NOT NULL DEFAULT 0 CHECK (cancel_notice >= 0);
UPDATE services SET cancel_notice = move_notice;

ALTER TABLE business ADD COLUMN language TEXT NOT NULL DEFAULT 'en';

-- Deliveries have these since the migration before.
ALTER TABLE outbox DROP COLUMN attempts;
ALTER TABLE outbox DROP COLUMN delivered_at;
