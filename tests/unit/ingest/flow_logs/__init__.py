"""Flow logs in text."""
