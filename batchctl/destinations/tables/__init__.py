"""Tables of a database: a row per record, inserted or updated by ``id``, a page and its receipt in one transaction."""
