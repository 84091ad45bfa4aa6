"""Alerts of other tools and hits of honeypots, as JSON: each record is of a kind of its own.

``record`` reads fields whatever their types, a reader in ``readers`` knows one tool, ``log`` asks
them in turn.
"""
