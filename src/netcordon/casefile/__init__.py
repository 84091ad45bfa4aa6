"""Cases and their hash-chained journal; the state of a case is a fold of its journal."""
