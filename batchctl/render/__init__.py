"""Data becomes text or rich renderables; nothing here prints or decides."""
