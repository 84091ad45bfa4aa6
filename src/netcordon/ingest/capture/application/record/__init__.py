"""What parsers write: rows, logins, identities, and text made safe."""
