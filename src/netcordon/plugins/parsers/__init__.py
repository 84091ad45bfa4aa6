"""Formats of evidence that can be read, one file each."""
