"""Reports of a run: JUnit, JSON, HTML, and the summary of a GitHub job."""
