"""GitHub, through PyGithub and actions-toolkit; nothing else imports them."""
