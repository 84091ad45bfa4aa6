"""Numbers: speed beside peers in the same run, and accuracy on labelled recordings."""
