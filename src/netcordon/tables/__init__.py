"""Step 2: the tables. Schema, Parquet lake, and the analytical engine over them."""
