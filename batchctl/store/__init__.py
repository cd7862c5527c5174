"""Runs on disk: what was asked, every call that was answered, what came back. See ``docs/direct.md``."""
