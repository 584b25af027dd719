"""The skill that tells an agent how to live with the policy; static, so that what it says can be read beforehand."""

from __future__ import annotations

from typing import Final

SKILL: Final = """\
---
name: policy_advisor
description: What to do when AGENTOWNERS denies a tool call or a change, and how to ask a person for a narrow change of it.
---

# Policy advisor

A policy in this repository (`.github/AGENTOWNERS`, or as `agentowners lint` names it) says what agents may change. It decides
before a tool runs, and again on the pull request. You never change it, and never work around it. You may propose.

## Inspect

- `agentowners explain PATH --as @NAME`: how a path is decided, rule by rule. Your name is in the denial's `principals`.
- `agentowners denials --last 5 --format json`: what was denied lately; `rule_missing` holds the narrowest lines that
  would allow it.

## Check before you write

`agentowners check --changes - --as @NAME`, with one path a line on standard input, says how a change of these files
would be judged.

## When a call is denied

1. Do not try another way to the same file.
2. Ask yourself if the task needs it. If it does not, leave the file as it is, and say so in your summary.
3. If it does, propose the narrowest change: one path, one principal, an exception rather than a removal.

## Propose

Write a file like this one and run `agentowners propose FILE`:

```json
{
  "intent_summary": "one sentence: what the task needs, and why this file",
  "operations": [{"add_exception": {"rule": ".github/AGENTOWNERS:2", "pattern": "!/release/notes.md"}}],
  "denial": "d-0123456789abcdef"
}
```

- Operations are `add_rule` {"text"}, `add_exception` {"rule", "pattern"} and `remove_rule` {"rule"}; all of them or none.
- `rule` is an id from the denial's `accesses[].rules[]`; `denial` is the denial's id.
- The answer says what would become looser. If that is more than you meant, propose something narrower for the same
  target: it supersedes.
- `"status": "invalid"` means that nothing was handed in; `errors` says why.

## Wait

A person decides; you cannot approve. Go on with work that does not need it.
`agentowners inbox show ID --format json` says the state:

- `pending`: wait. `stale`: the policy has changed, so inspect and propose again. `superseded`: look at the newer one.
- `rejected`: read `guidance`, and do as it says. Do not propose the same again.
- `approved`: try the same call again, in this session. The grant ends by itself.

For something that should hold for good, `agentowners propose FILE --pull-request` opens a pull request that changes
the policy alone.
"""
