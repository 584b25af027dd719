"""Every check there is, in the order in which the documentation lists them."""

from __future__ import annotations

from typing import Final

from agentowners.lint.checks import (
    allow_by_default,
    bidirectional_character,
    branch_as_path,
    builtin_outweighs_allow,
    catch_all_outweighs_allow,
    confusable_character,
    duplicate_rule,
    literal_character,
    misspelled_default,
    misspelled_group,
    mode_outweighs_allow,
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
    unprotected_policy,
    unreachable_rule,
    unsatisfiable_approvers,
    useless_negation,
)
from agentowners.lint.model import Check

CHECKS: Final[tuple[Check, ...]] = (
    duplicate_rule.CHECK,
    unreachable_rule.CHECK,
    catch_all_outweighs_allow.CHECK,
    mode_outweighs_allow.CHECK,
    builtin_outweighs_allow.CHECK,
    allow_by_default.CHECK,
    useless_negation.CHECK,
    unsatisfiable_approvers.CHECK,
    unprotected_policy.CHECK,
    one_level_pattern.CHECK,
    root_anchored_manifest.CHECK,
    branch_as_path.CHECK,
    unmatched_pattern.CHECK,
    needless_escape.CHECK,
    literal_character.CHECK,
    ref_nowhere.CHECK,
    misspelled_default.CHECK,
    misspelled_group.CHECK,
    unknown_agent.CHECK,
    undefined_name.CHECK,
    unknown_user.CHECK,
    unknown_team.CHECK,
    bidirectional_character.CHECK,
    confusable_character.CHECK,
    unknown_check.CHECK,
)
