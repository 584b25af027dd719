"""GitHub, through PyGithub and actions-toolkit; nothing else imports them.

Whatever asks GitHub raises ``PlatformError`` where it does not answer, refuses, or does not tell everything, and
``MalformedError`` where an answer makes no sense.
"""
