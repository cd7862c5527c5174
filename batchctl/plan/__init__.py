"""Who needs whom, in what order, and which calls that makes."""
