"""How a person or a program asks: the command line."""
