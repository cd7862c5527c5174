"""The documentation of rules, on the screen and as a page."""
