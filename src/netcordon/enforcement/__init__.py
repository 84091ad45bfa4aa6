"""An approved plan is put in force, read back, proven, expired, and taken back."""
