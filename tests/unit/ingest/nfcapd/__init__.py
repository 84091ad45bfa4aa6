"""Files of nfdump."""
