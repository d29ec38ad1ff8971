"""`python -m revento.cli` is `revento`."""

from revento.cli import main

main()
