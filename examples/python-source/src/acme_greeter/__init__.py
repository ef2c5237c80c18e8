"""Says hello, or which version it is."""

import sys
from importlib.metadata import version

GREETING = "hello"


def main():
    print(version("acme-greeter") if sys.argv[1:] == ["--version"] else GREETING)
