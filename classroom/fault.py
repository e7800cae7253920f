"""Trouble that its reader can mend."""


class Fault(Exception):
    """A bad input, a missing file, a missing package: the message is one clear sentence.

    The command line prints the sentence and ends with exit code 2.
    """
