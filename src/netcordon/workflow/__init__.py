"""The jobs a person asks for. Interfaces call this package and nothing else."""
