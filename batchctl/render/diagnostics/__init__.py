"""Diagnostics as text for people, JSON, SARIF, JUnit, GitHub and GitLab."""
