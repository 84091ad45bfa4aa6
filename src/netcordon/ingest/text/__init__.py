"""Text logs: blocks of whole lines become columns, and columns become rows of the tables."""
