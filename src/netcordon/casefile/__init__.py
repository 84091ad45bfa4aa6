"""Cases: one append-only, hash-chained journal a workspace; every state is a fold of it.

``workspace`` opens the directory and holds its lock, ``journal`` keeps the entries, ``custody`` is
the register of evidence, ``cases`` the runs and what they found, ``recovery`` clears up after a
kill. Only this package knows how and where the journal is stored (``store``).
"""
