"""Containment on a live network: the company of the demonstration, its intruder, and netcordon."""
