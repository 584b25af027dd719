"""Every check there is. A new one is a line here, where the documentation lists it."""
# ruff: noqa: F401, I001 (the imports are the list, in the documentation's order)

from __future__ import annotations

from typing import Final

from agentowners.lint.model import Check
from agentowners.lint.checks.empty_policy import mistake as empty_policy
from agentowners.lint.checks.duplicate_rule import mistake as duplicate_rule
from agentowners.lint.checks.unreachable_rule import mistake as unreachable_rule
from agentowners.lint.checks.catch_all_outweighs_allow import mistake as catch_all_outweighs_allow
from agentowners.lint.checks.mode_outweighs_allow import mistake as mode_outweighs_allow
from agentowners.lint.checks.builtin_outweighs_allow import mistake as builtin_outweighs_allow
from agentowners.lint.checks.allow_by_default import mistake as allow_by_default
from agentowners.lint.checks.useless_negation import mistake as useless_negation
from agentowners.lint.checks.unsatisfiable_approvers import mistake as unsatisfiable_approvers
from agentowners.lint.checks.unprotected_policy import mistake as unprotected_policy
from agentowners.lint.checks.setting_without_effect import mistake as setting_without_effect
from agentowners.lint.checks.one_level_pattern import mistake as one_level_pattern
from agentowners.lint.checks.root_anchored_manifest import mistake as root_anchored_manifest
from agentowners.lint.checks.branch_as_path import mistake as branch_as_path
from agentowners.lint.checks.unmatched_pattern import mistake as unmatched_pattern
from agentowners.lint.checks.needless_escape import mistake as needless_escape
from agentowners.lint.checks.literal_character import mistake as literal_character
from agentowners.lint.checks.ref_nowhere import mistake as ref_nowhere
from agentowners.lint.checks.misspelled_default import mistake as misspelled_default
from agentowners.lint.checks.misspelled_group import mistake as misspelled_group
from agentowners.lint.checks.unknown_agent import mistake as unknown_agent
from agentowners.lint.checks.undefined_name import mistake as undefined_name
from agentowners.lint.checks.login_without_id import mistake as login_without_id
from agentowners.lint.checks.login_by_wildcard import mistake as login_by_wildcard
from agentowners.lint.checks.issuer_slash import mistake as issuer_slash
from agentowners.lint.checks.token_from_any_branch import mistake as token_from_any_branch
from agentowners.lint.checks.token_of_any_owner import mistake as token_of_any_owner
from agentowners.lint.checks.token_legacy_subject import mistake as token_legacy_subject
from agentowners.lint.checks.unknown_user import mistake as unknown_user
from agentowners.lint.checks.unknown_team import mistake as unknown_team
from agentowners.lint.checks.bidirectional_character import mistake as bidirectional_character
from agentowners.lint.checks.confusable_character import mistake as confusable_character
from agentowners.lint.checks.refuted_assert import mistake as refuted_assert
from agentowners.lint.checks.unknown_check import unknown_check

_LISTED: Final = tuple(value for value in tuple(globals().values()) if isinstance(value, Check))
CHECKS: Final[tuple[Check, ...]] = (*_LISTED, unknown_check([check.id for check in _LISTED]))
