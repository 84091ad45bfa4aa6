"""Messages of devices (syslog and its kin): every line is of a kind of its own.

Unlike logs of one shape, which are read by the column, such a line is taken apart by itself; its
rows then go to the tables by the column like all others.
"""
