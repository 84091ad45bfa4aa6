"""Events of hosts, clouds and identity providers: JSON objects (or rows of CSV) of many products.

What a product says where is a declaration (``products/``); one machine reads them all.
"""
