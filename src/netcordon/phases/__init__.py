"""The six phases of IRM-5: the checklist and its gates as data, no logic."""
