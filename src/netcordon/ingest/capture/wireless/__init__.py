"""802.11: frames down to IP, and counts of what is no data."""
