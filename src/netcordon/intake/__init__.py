"""What people report: who says so, of what, until when an answer is due, and what it names."""
