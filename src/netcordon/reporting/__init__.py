"""Step 10: one frozen document becomes HTML, Markdown, JSON and CSV."""
