"""The examples at the end of every command's help."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, ...]] = {
    "validate": (
        "batchctl validate contacts.yaml",
        "batchctl validate batches/ --fail-on warning",
        "batchctl validate contacts.yaml --fix",
        "batchctl validate batches/ --format sarif --output problems.sarif",
    ),
    "dry-run": (
        "batchctl dry-run contacts.yaml",
        "batchctl dry-run contacts.yaml --fixtures fixtures/",
        "batchctl dry-run contacts.yaml --format curl",
        "batchctl dry-run contacts.yaml --against HEAD:contacts.yaml",
    ),
    "graph": ("batchctl graph contacts.yaml", "batchctl graph contacts.yaml --format svg > contacts.svg"),
    "eval": (
        "batchctl eval '$sum(orders.total)' --data orders.json",
        "batchctl eval '$count(resources.crm.contacts)' --node contacts.yaml#summary --explain",
    ),
    "run": (
        "batchctl run contacts.yaml --local",
        "batchctl run contacts.yaml --arg stage=won -o json",
        "batchctl run contacts.yaml --query 'result.contacts[0].id' --raw",
        "batchctl run contacts.yaml --direct --rate-limit 20",
        "batchctl run contacts.yaml --each accounts.csv --out rows.ndjson",
        "batchctl run --resume latest",
    ),
    "sync": ("batchctl sync contacts-sync.yaml", "batchctl sync contacts-sync.yaml --to dir:out/"),
    "receive": ("batchctl receive",),
    "runs": ("batchctl runs", "batchctl runs show latest -o json", "batchctl runs prune --days 7"),
    "runs show": ("batchctl runs show", "batchctl runs show latest --report-html run.html"),
    "runs prune": ("batchctl runs prune --days 7 --megabytes 200",),
    "serve": ("batchctl serve --fixtures fixtures/ --port 8080",),
    "watch": ("batchctl watch contacts.yaml",),
    "lsp": ("batchctl lsp",),
    "completion": ("batchctl completion zsh", "batchctl completion fish"),
    "fmt": ("batchctl fmt contacts.yaml", "batchctl fmt batches/ --check"),
    "test": ("batchctl test", "batchctl test batches/ -k contacts --junit report.xml", "batchctl test --update"),
    "new": (
        "batchctl new contacts",
        "batchctl new pages --template recursion",
        "batchctl new nightly --template sync",
        "pbpaste | batchctl new contacts --from -",
    ),
    "rules": ("batchctl rules", "batchctl rules --format json"),
    "explain": ("batchctl explain missing-id", "batchctl explain BC602"),
    "schema": ("batchctl schema > batch.schema.json", "batchctl schema sync-job --output sync-job.schema.json"),
    "login": ("batchctl login", "batchctl login --profile staging --token-stdin < token.txt"),
    "logout": ("batchctl logout --profile staging",),
    "capabilities": ("batchctl capabilities pull -a 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10",),
    "capabilities pull": ("batchctl capabilities pull -a 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10 --output acme.json",),
    "whoami": ("batchctl whoami", "batchctl whoami --profile staging -o json"),
}
