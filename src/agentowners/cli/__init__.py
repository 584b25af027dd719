"""The command line: one file per command, and the only place that prints and exits.

Whatever goes wrong is raised as an ``AgentownersError``, as a ``UsageError`` where it is the command line; ``guarded`` says it.
Docstrings name the errors that somebody tells apart, or that come where nobody would look for them.
"""
