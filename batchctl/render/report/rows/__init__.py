"""Reports of many runs of one batch: a suite, an object, a line per row, and the causes across rows."""
