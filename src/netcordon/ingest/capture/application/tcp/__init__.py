"""Protocols over TCP without a table of their own and control protocols, one file each.

``shapes`` tells them by their first bytes; every parser is made with the conversation and the
direction that is the client.
"""
