"""Content, one file each. Found by the registry; never imported by name, never by each other."""
