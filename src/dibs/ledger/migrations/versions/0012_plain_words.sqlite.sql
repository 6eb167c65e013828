-- What each column means is said in tables.py.

ALTER TABLE business RENAME COLUMN zone TO time_zone;
ALTER TABLE resources RENAME COLUMN zone TO time_zone;
ALTER TABLE services RENAME COLUMN notice TO minimum_notice;
ALTER TABLE services RENAME COLUMN horizon_days TO booking_window_days;
