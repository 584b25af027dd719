"""The shared corpus: cases as data, one at least for each sentence of the policy language that shows in decisions.

``cases/*.yml`` are lists of cases; ``model.py`` says what a case may hold and reads them, ``expectation.py`` compares a JSON
verdict with one. Whoever judges changes in another way runs all of them: ``for case in CASES``.
"""
