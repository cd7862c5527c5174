"""Rows of ``--each`` spread over many processes or machines: Dask hands them out, each worker runs the engine.

What Dask does not promise is kept here: a row that writes does not write twice when its worker is lost, limits are
shared by all workers, and no token is in a task, a log or a pickle.
"""
