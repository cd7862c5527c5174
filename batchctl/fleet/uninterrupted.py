"""Imported by what becomes a worker: Ctrl-C is for the command that started it, which ends its workers itself."""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
