"""Queries worth asking of any evidence, a file each; `netcordon.tables.saved` reads them."""
