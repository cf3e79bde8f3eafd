"""`python -m leadline` is `leadline`."""

from leadline.cli.main import main

main()
