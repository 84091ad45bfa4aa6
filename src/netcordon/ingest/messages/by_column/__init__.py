"""The common kinds of messages, read a column at a time instead of a line at a time.

Each takes only lines that one reader knows and no other, built in the one plain way; the readers
read all the rest, and the rows are the same.
"""
