"""Plans as documents for other programs (CACAO 2.0, OpenC2), and whether such documents hold."""
