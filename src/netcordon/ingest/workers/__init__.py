"""Processes that decode side by side: each a capture, or each a share of a large one."""
