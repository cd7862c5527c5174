"""The rules that need to understand the file, one module each; ``of_batches`` and ``of_sync_jobs`` list them."""
