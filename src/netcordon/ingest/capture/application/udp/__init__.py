"""Protocols over UDP, one file each: a reader takes the datagrams of one flow, and notes rows."""
