"""Step 5: findings become incidents. Correlate, characterise, scope, order in time."""
