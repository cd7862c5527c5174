"""What answers the engine's calls."""
