"""The packet decoder: blocks of a capture in, columns of flows and protocol facts out."""
