"""Logs of others, kept so that nobody can change them unseen: what to turn on, and who takes it."""
