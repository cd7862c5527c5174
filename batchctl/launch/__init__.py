"""What it takes to start: from files, options and credentials to runs that are ready."""
