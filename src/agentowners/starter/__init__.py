"""Proposals of ``agentowners init``: facts about a repository become a policy, workflows and test cases."""
