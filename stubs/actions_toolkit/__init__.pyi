# The part of actions-toolkit's interface that is used here; the package ships no types.
