"""What a dry run shows."""
