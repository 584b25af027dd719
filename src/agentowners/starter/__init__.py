"""What ``agentowners init`` proposes: facts about a repository become a policy, workflows and test cases."""
