"""Errors that their reader can mend."""


class Fault(Exception):
    """A bad input, a missing file, a missing package: the message is one clear sentence.

    The command line prints the sentence and ends with exit code 2; a notebook shows it without a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the reader's own line is right above it, and the rest is not theirs to read."""
        return [f"{type(self).__name__}: {self}"]


def refusal(error: OSError) -> str:
    """Return what the system has refused in words, the file first where it names one.

    Examples
    --------
    >>> refusal(FileNotFoundError(2, "No such file or directory", "small.npz"))
    'small.npz: No such file or directory'
    """
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
