"""How a function of the student's is called: plain values, the script of calls, their outcome, and the answer sheet.

It imports `fault` and `predict` of the toolkit, and nothing that judges.
"""
