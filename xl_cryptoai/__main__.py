"""Runs the command line as `python -m xl_cryptoai`."""

from xl_cryptoai.cli import run

if __name__ == "__main__":
    run()
