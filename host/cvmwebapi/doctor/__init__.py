"""What may be wrong on this computer: one list of checks, for people, windows and failing requests.

Each file of ``checks`` gathers facts and hands them to a pure function that knows what they mean; its ``CHECK``
(check.py) says all that others have to know about it. What a person reads are the texts, by the name of the advice.

A *repair* is what the program puts right of its own; a *remedy* is what a person does.
"""
