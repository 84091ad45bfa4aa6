"""Step 4: tables become findings. Run the detectors, explain what they found."""
