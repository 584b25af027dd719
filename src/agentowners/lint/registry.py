"""Every check there is. A new one is a line here, where the documentation lists it."""
# ruff: noqa: F401, I001, N811 (the imports are the list, in the documentation's order)

from __future__ import annotations

from typing import Final

from agentowners.lint.model import Check
from agentowners.lint.checks.empty_policy import CHECK as empty_policy
from agentowners.lint.checks.duplicate_rule import CHECK as duplicate_rule
from agentowners.lint.checks.unreachable_rule import CHECK as unreachable_rule
from agentowners.lint.checks.catch_all_outweighs_allow import CHECK as catch_all_outweighs_allow
from agentowners.lint.checks.mode_outweighs_allow import CHECK as mode_outweighs_allow
from agentowners.lint.checks.builtin_outweighs_allow import CHECK as builtin_outweighs_allow
from agentowners.lint.checks.allow_by_default import CHECK as allow_by_default
from agentowners.lint.checks.useless_negation import CHECK as useless_negation
from agentowners.lint.checks.unsatisfiable_approvers import CHECK as unsatisfiable_approvers
from agentowners.lint.checks.unprotected_policy import CHECK as unprotected_policy
from agentowners.lint.checks.setting_without_effect import CHECK as setting_without_effect
from agentowners.lint.checks.one_level_pattern import CHECK as one_level_pattern
from agentowners.lint.checks.root_anchored_manifest import CHECK as root_anchored_manifest
from agentowners.lint.checks.branch_as_path import CHECK as branch_as_path
from agentowners.lint.checks.unmatched_pattern import CHECK as unmatched_pattern
from agentowners.lint.checks.needless_escape import CHECK as needless_escape
from agentowners.lint.checks.literal_character import CHECK as literal_character
from agentowners.lint.checks.ref_nowhere import CHECK as ref_nowhere
from agentowners.lint.checks.misspelled_default import CHECK as misspelled_default
from agentowners.lint.checks.misspelled_group import CHECK as misspelled_group
from agentowners.lint.checks.unknown_agent import CHECK as unknown_agent
from agentowners.lint.checks.undefined_name import CHECK as undefined_name
from agentowners.lint.checks.login_without_id import CHECK as login_without_id
from agentowners.lint.checks.login_by_wildcard import CHECK as login_by_wildcard
from agentowners.lint.checks.issuer_slash import CHECK as issuer_slash
from agentowners.lint.checks.token_from_any_branch import CHECK as token_from_any_branch
from agentowners.lint.checks.token_of_any_owner import CHECK as token_of_any_owner
from agentowners.lint.checks.token_legacy_subject import CHECK as token_legacy_subject
from agentowners.lint.checks.unknown_user import CHECK as unknown_user
from agentowners.lint.checks.unknown_team import CHECK as unknown_team
from agentowners.lint.checks.bidirectional_character import CHECK as bidirectional_character
from agentowners.lint.checks.confusable_character import CHECK as confusable_character
from agentowners.lint.checks.refuted_assert import CHECK as refuted_assert
from agentowners.lint.checks.unknown_check import unknown_check

_LISTED: Final = tuple(value for value in tuple(globals().values()) if isinstance(value, Check))
CHECKS: Final[tuple[Check, ...]] = (*_LISTED, unknown_check([check.id for check in _LISTED]))
