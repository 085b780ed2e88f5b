"""Tests of the tests: mutmut puts faults into the Python that guards people, and runs the unit tests on each.

``make mutants-python``, or ``make mutants-python PARTS="channel entry"``, prints every fault that no test notices,
unless ``../python.json`` names the reason why it changes nothing. mutmut forks the tests for each fault from a process
that has all imported, and runs only those that reach the changed function; others (cosmic-ray) start Python anew for
each, which takes hours here. It changes functions only: constants and decorated functions (properties, context
managers) are left to the reader. What ran while modules were imported has run already when a change comes: a test that
is to notice has to call it anew. What the type checker refuses counts as noticed, for ``make check`` runs that too.
"""
