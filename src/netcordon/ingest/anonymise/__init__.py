"""Captures and tables made fit for sharing: who is in them is told apart, and not told."""
