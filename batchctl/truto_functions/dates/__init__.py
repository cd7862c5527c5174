"""Dates as luxon 3.5 has them, which ``$dtFromIso`` and ``$dtFromFormat`` answer: English, ISO weeks."""
