"""Stage 1: take evidence in. Find it, hash what is read, unpack it, keep what cannot be read twice.

``discover`` expands what the user named, ``source`` reads one piece of evidence once from front to
back, ``known`` tells whether it was read before, ``verify`` proves later that nothing was changed.
"""
