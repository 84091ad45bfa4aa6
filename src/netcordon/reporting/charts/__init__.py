"""Pictures drawn by hand as SVG: one file, one kind of picture, one function ``draw``."""
