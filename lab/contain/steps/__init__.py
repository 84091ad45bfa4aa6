"""The steps of the containment, a file each: `TITLE` says what one shows, `play` does it."""
