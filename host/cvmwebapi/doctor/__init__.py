"""What may be wrong on this computer: one list of checks, for people, windows and failing requests.

Each file of ``checks`` gathers facts and hands them to a pure function that knows what they mean. How grave an
advice is stands in ``advice.json``; what a person reads of it is in ``texts``, where it can be translated.
"""
