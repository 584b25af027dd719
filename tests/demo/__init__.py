"""The demonstration, ``make demo``: the main job as a story, told while it happens and checked as it is told.

Real are the gate (``agentowners action``, a process of its own for each event, started as GitHub's runner starts it), the events'
payloads, the git repository and the merges; the tests' own server, on loopback, stands in for GitHub. Every statement that is
printed has been compared with what is really there: the exit code is 1 where the story is not as it is told.

- ``page``: how it looks; ``claims``: what is said and whether it is so;
- ``gate``: the runner; ``shop``: the repository, its people and what they do;
- ``story``: the steps.
"""
