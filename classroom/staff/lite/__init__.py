"""The course as a website that runs notebooks in the reader's browser: JupyterLite, Pyodide, the released assignments.

It imports the judge's answer sheets, and how assignments are written and released.
"""
