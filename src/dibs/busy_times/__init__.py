"""Busy times of other calendars: how their files are fetched and read. It knows no database."""
