"""How a function of the student's is called: plain values, the script of calls and their outcome.

It imports nothing of the toolkit, and nothing that judges.
"""
