"""The command `classroom`: the command line, or one sentence where the package that it needs is not installed."""

import sys


def main() -> None:
    """Run the command line.  Without typer, say what to install and end with exit code 2."""
    try:
        from classroom import cli
    except ModuleNotFoundError as missing:
        if missing.name != "typer":
            raise
        print(
            "classroom: the command line needs typer, install it with  pip install typer  (in a notebook, "
            "check.preflight(), check.repair() and check.submit() do without)",
            file=sys.stderr,
        )
        sys.exit(2)
    cli.main()


if __name__ == "__main__":
    main()
