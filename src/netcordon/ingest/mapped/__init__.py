"""Logs that no parser knows, read by a mapping that a person wrote."""
