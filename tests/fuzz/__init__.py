"""Fuzzing of the packet decoder with damaged real captures.

``python -m tests.fuzz --minutes 60 --corpus DIR`` runs as long as it is told, with Numba's bounds
checks on and a cache of compiled code of its own; what breaks is kept below ``out/fuzz``. The tests
of this folder do the same for a minute.
"""
