"""The nouns: frozen dataclasses that import the standard library only."""
