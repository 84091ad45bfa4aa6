"""Carried files: counted, recognised and hashed as they pass."""
