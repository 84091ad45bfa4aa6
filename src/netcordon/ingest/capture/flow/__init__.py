"""Packets become flows: the table of open ones, TCP's states, the rows of those that are over."""
