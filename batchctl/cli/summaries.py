"""What ``batchctl --help`` says of each command: the first paragraph of its docstring, which a test compares.

The list of commands is shown without importing any of them.
"""

from __future__ import annotations

SUMMARIES = {
    "validate": "Check definitions and say what is wrong with them, where, and what to do.",
    "fmt": "Write definitions in canonical form: blocks, key order, quotes. "
    "What is sent stays the same, comments stay.",
    "dry-run": "Show every request that the batch would make. Needs no token and sends nothing.",
    "graph": "Draw resources, what they wait for, and how often they repeat.",
    "eval": "Evaluate a JSONata expression as Truto does, and print its value as JSON.",
    "run": "Run a batch and show what came back, resource by resource.",
    "runs": "List earlier runs (alone), show one, or delete some.",
    "sync": "Run a sync job on this machine and deliver its records.",
    "receive": "Receive the events of sync jobs: verify, print, keep.",
    "test": "Run the tests of definitions over fixtures: x-tests in the file, and FILE.snapshot.json beside it.",
    "serve": "Answer POST /batch-request, /unified/…, /proxy/… and more from a fixtures folder.",
    "lsp": "Serve an editor over stdin and stdout (Language Server Protocol).",
    "watch": "Validate and dry-run again on every save. Options after the file are those of dry-run. Ctrl-C ends it.",
    "completion": "Print the script that makes a shell complete batchctl's commands, options and names.",
    "new": "Write a definition to start from, with records to run it over, or turn a request into one.",
    "rules": "List every kind of problem that validate can find.",
    "explain": "Say what a kind of problem is, why it matters, and what to write instead.",
    "schema": "Print the JSON Schema of definitions, for editors.",
    "docs": "Read the documentation: list its pages, or show one. In a pipe it is Markdown.",
    "login": "Keep a token: in the system keyring where the package keyring is installed, else in a file of your own.",
    "logout": "Forget the credentials of a profile.",
    "whoami": "Say which credentials are used, and ask the API whose they are.",
    "capabilities": "Save what an account can do in a file beside its definitions, for validate.",
}
