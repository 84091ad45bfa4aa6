"""Suricata on captures, when it is asked for: rules gathered, the engine run, its events kept.

``rules`` gathers and hashes, ``configuration`` and ``engine`` run Suricata in a private folder,
``events`` writes what it said so that the same input gives the same bytes.
"""
