"""The result of a run on the screen and as data."""
