"""``python -m netcordon.interfaces.cli``: the program where no script is installed."""

from netcordon.interfaces.cli import main

main()
