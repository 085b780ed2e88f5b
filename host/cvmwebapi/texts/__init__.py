"""All that is said to people: ``en.json``, and a file of the same keys for each other language.

A line is a message, ``"key": "text with {named} parameters"``. The program itself speaks English (english.py); the
extension speaks them all, from what ``python -m installer.generate`` makes of these files. A message that a language
lacks is said in English. ``notes.json`` tells translators what a text alone does not.
"""
