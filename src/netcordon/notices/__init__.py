"""What others are told: people who are affected, providers that are abused, the police."""
