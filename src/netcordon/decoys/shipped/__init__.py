"""Documents that ship, to be marked: invented, and dull enough to be believed."""
