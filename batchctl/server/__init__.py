"""The service's HTTP contract over an embedded backend, so that any client of Truto works against it."""
