"""Planning: crossings, effect on recorded traffic, ways, choice."""
