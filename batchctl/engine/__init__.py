"""A plan and a backend make a result."""
