"""One module per kind of node: how it works off what comes in."""
