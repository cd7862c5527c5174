"""What becomes of a result beside the screen: files, reports, recordings, traces. Nothing here prints."""
