"""Step 3: evidence becomes tables. Recognise a file, decode it, write it whole or not at all."""
