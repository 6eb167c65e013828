"""Fetches and reads the files of other calendars, and finds their busy times. It uses no
database."""
