"""Marked documents: each copy carries marks of its own, and a found one names the copy."""
