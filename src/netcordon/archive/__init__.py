"""The archive: tables and originals outside the workspace, catalogued, provable, and still asked.

A folder or an S3-compatible bucket holds objects that never change. The catalogue has one small
entry for each piece of evidence; it is written last, so what it names is there, whole and proven.
"""
