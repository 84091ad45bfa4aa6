"""HTTP/1 and the files it carries."""
