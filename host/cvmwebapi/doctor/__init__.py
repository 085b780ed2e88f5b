"""What may be wrong on this computer: one list of checks, for people, windows and failing requests.

Each file of ``checks`` gathers facts and hands them to a pure function that knows what they mean. What a person reads
stands in ``advice.json``, by the name of the advice, so that it can be translated.
"""
