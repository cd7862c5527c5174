"""The documentation of each code in ``codes``, in the form of a rule's docstring: what, why, ``Fails:``, ``Passes:``.

Only those who print documentation import this. In an example the account's id is left out.
"""

from __future__ import annotations

EXPLANATIONS = {
    "encoding": """
The file is not text that can be read: it is neither UTF-8 nor UTF-16 or UTF-32 with a byte order mark.

Nothing else can be said about such a file. Save it as UTF-8.
""",
    "yaml-syntax": """
The text is not YAML, so nothing in it can be trusted.

The message says what the parser stumbled over in words about your file: a quote that is never closed, a tab, a key
that does not line up. This code can't be ignored.

Fails:
    resources:
      - resource: crm/contacts
        method: "list

Passes:
    resources:
      - resource: crm/contacts
        method: list
""",
    "json-syntax": """
The text of a ``.json`` file is not JSON.

YAML readers would take comments and trailing commas, but other JSON tools refuse the file. This code can't be ignored.
""",
    "file-too-large": """
The file is larger than 32 MiB, or holds more than two million values.

A batch of this size is a mistake of whatever wrote it; reading on would only cost memory.
""",
    "ambiguous-scalar": """
Text without quotes that YAML 1.1 tools read as a boolean, a date or a number: ``no``, ``on``, ``0755``, ``2024-01-31``.

Batch files are YAML 1.2, where these are text (or another number). Editors, formatters and other readers of the same
file may see something else. Quotes make it certain; ``--fix`` adds them.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {country: no}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {country: "no"}
""",
    "duplicate-key": """
A key stands twice in one mapping.

YAML readers keep one of the two and drop the other without a word.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        method: get

Passes:
    resources:
      - resource: crm/contacts
        method: list
""",
    "key-as-text": """
A number or boolean as a key is read as text.

JSON, which is what is sent, has no other keys. Quotes say that it is meant.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {1: first}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {"1": first}
""",
    "key-not-text": """
A key is empty, a mapping or a list; JSON knows only text.

Most often it is text that starts with a brace or bracket and needs quotes.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {[a]: b}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {"[a]": b}
""",
    "unquoted-placeholder": """
A ``{{placeholder}}`` or ``${VARIABLE}`` without quotes is a mapping to YAML.

YAML takes braces at the beginning of a value, or inside of ``[ ]`` and ``{ }``, for a mapping. Put the whole value in
quotes; ``--fix`` does.

Fails:
    args: {id: "7001"}
    resources:
      - resource: crm/contacts
        method: get
        id: {{args.id}}

Passes:
    args: {id: "7001"}
    resources:
      - resource: crm/contacts
        method: get
        id: "{{args.id}}"
""",
    "unusable-number": """
A number that JSON can't carry: infinite, not a number, or of absurd length.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: .inf}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: 100}
""",
    "unsupported-tag": """
A YAML tag other than ``!!str``, ``!!int``, ``!!float``, ``!!bool``, ``!!null``, ``!!map`` and ``!!seq``.

Tags build objects of some programming language; a batch is plain data. Text that starts with ``!`` needs quotes.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {filter: !not archived}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {filter: "!not archived"}
""",
    "too-deep": """
Values are nested deeper than 64 levels.

No request needs that; unclosed brackets do. Reading stops there.
""",
    "undefined-alias": """
An alias names an anchor that is not defined above it.

Often it is no alias at all, but an expression or a pattern that starts with ``*`` and needs quotes.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {filter: *everything}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {filter: "*everything"}
""",
    "recursive-alias": """
An alias stands inside of what it stands for, so that the value would never end.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: &all {filter: *all}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {filter: all}
""",
    "alias-expansion": """
Aliases expand to more than a million values.

A few lines of aliases to aliases can fill the memory of whatever reads them; reading stops there.
""",
    "several-documents": """
The file holds more than one YAML document; one file is one batch.

Fails:
    resources:
      - resource: crm/contacts
        method: list
    ---
    resources: []

Passes:
    resources:
      - resource: crm/contacts
        method: list
""",
    "unused-anchor": """
An anchor that no alias uses.

It does no harm, but often stands where ``&`` was meant to be text, or shows that an alias has been misspelled.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: &paging {limit: 50}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: &paging {limit: 50}
      - resource: crm/companies
        method: list
        query: *paging
""",
    "merge-key": """
A merge key (``<<``) takes a mapping or a list of mappings.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {<<: 50}

Passes:
    x-paging: &paging {limit: 50}
    resources:
      - resource: crm/contacts
        method: list
        query: {<<: *paging}
""",
    "comment-cuts-expression": """
A ``#`` behind a blank ends an unquoted expression: the rest of the line is a comment to YAML.

JSONata binds positions with ``#``. Put the expression on the lines below ``expression: |``.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - name: numbered
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: resources.crm.contacts #$i.{"n": $i}

Passes:
    resources:
      - resource: crm/contacts
        method: list
      - name: numbered
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: |
            resources.crm.contacts #$i.{"n": $i}
""",
    "missing-variable": """
A ``${VAR}`` that is not set in the environment and has no default.

Sending it empty, or as it stands, would be found out much later. Set it, name a file with ``--env-file``, or write
``${VAR:-default}``.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {since: "${A_VARIABLE_THAT_NOBODY_SETS}"}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {since: "${A_VARIABLE_THAT_NOBODY_SETS:-2024-01-31}"}
""",
    "malformed-variable": """
A ``${`` that does not start a ``${VAR}`` or ``${VAR:-default}`` is left as it is.

Write ``$${`` for a literal ``${``.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        query: {since: "${SINCE-}"}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {since: "$${SINCE-}"}
""",
    "unknown-key": """
A key that the API does not know, most often misspelled.

The service ignores it, so that a ``dependson`` is a dependency that never was. Keys of your own start with ``x-``.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        querry: {limit: 50}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: 50}
""",
    "missing-key": """
A key that the API requires is not there.

Fails:
    resources:
      - resource: crm/contacts

Passes:
    resources:
      - resource: crm/contacts
        method: list
""",
    "wrong-type": """
A value is of another type than the API takes.

Fails:
    resources:
      - resource: crm/contacts
        method: get
        id: 7001

Passes:
    resources:
      - resource: crm/contacts
        method: get
        id: "7001"
""",
    "invalid-value": """
A value is not among those that the API takes, or is empty.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        response_format: rough

Passes:
    resources:
      - resource: crm/contacts
        method: list
        response_format: raw
""",
    "unsupported-kind": """
The ``type`` of a resource is none of ``request``, ``spool``, ``transform`` and ``add_context``.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        type: requests

Passes:
    resources:
      - resource: crm/contacts
        method: list
        type: request
""",
    "empty-file": """
The file holds no definition at all.
""",
    "no-resources": """
The list of resources is empty, so that the batch would do nothing.

Fails:
    resources: []

Passes:
    resources:
      - resource: crm/contacts
        method: list
""",
    "unused-ignore": """
A ``# batchctl: ignore[…]`` comment that hides nothing, or names a rule that does not exist.

It has outlived its reason, or never did what it was written for. Remove it, or mend the name.

Fails:
    resources:
      - resource: crm/contacts
        method: list # batchctl: ignore[missing-id]

Passes:
    resources:
      - resource: crm/contacts
        method: get # batchctl: ignore[missing-id] filled in by the caller
""",
}
