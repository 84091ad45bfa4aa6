"""Timelines of other programs (Timesketch, Plaso) as rows, without losing microseconds or zones."""
