"""Which frames of a capture are asked for: the language of filters, and what they select."""
