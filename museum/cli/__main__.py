"""`python -m museum.cli`."""

from museum.cli.main import main

main()
