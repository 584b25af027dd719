"""The way back, as a story: an agent is denied, proposes, a person decides, and the agent tries again."""
