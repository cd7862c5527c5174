"""Facts of Truto's API: routes, query strings, limits, error envelopes, connection."""
