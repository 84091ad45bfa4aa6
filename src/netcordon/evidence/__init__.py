"""Step 1: take evidence in. Find it, hash it while it is read, register it, prove it later."""
