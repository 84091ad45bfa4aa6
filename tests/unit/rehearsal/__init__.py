"""Tests of rehearsal that need no engine."""
