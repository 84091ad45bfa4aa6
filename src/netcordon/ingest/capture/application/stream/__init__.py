"""TCP: bytes in order, what protocol they speak, and the walks that many protocols share."""
