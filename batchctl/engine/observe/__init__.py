"""Observers of a run: what is in progress, and which call took how long."""
