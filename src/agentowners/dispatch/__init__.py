"""A tool call of an agent -> the paths it touches -> a decision, in the words of the client that asks."""
