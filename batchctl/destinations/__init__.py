"""Where a sync job delivers its records: a folder, a webhook, a table."""
