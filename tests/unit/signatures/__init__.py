"""Tests of rules for sensors that need no sensor."""
