"""What is looked for, one file each: `<tactic>_<behaviour>.py`."""
