"""What an incident looked like, as rules for sensors, each tried before it is written."""
