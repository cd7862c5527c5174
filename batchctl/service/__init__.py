"""``POST /batch-request`` as a client: send a definition, read whatever comes back."""
