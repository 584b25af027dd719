"""Every check there is, in the order in which the documentation lists them."""

from __future__ import annotations

from typing import Final

from agentowners.lint.checks import (
    bidirectional_character,
    branch_as_path,
    confusable_character,
    literal_character,
    misspelled_group,
    needless_escape,
    one_level_pattern,
    ref_nowhere,
    root_anchored_manifest,
    undefined_name,
    unknown_agent,
    unknown_check,
    unknown_team,
    unknown_user,
    unmatched_pattern,
)
from agentowners.lint.model import Check

CHECKS: Final[tuple[Check, ...]] = (
    one_level_pattern.CHECK,
    root_anchored_manifest.CHECK,
    branch_as_path.CHECK,
    unmatched_pattern.CHECK,
    needless_escape.CHECK,
    literal_character.CHECK,
    ref_nowhere.CHECK,
    misspelled_group.CHECK,
    unknown_agent.CHECK,
    undefined_name.CHECK,
    unknown_user.CHECK,
    unknown_team.CHECK,
    bidirectional_character.CHECK,
    confusable_character.CHECK,
    unknown_check.CHECK,
)
