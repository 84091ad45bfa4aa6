"""Flow exports."""
