"""Running a batch as a library: who executes it, what is kept of it, and what there is to say meanwhile.

Nothing here knows a terminal or a command line: results are returned, and notices are values.
"""
