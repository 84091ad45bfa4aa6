"""Indicators of others against our tables: read lists, look them up, find the same shape again."""
