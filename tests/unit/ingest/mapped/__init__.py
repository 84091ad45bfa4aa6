"""Logs read by mappings."""
