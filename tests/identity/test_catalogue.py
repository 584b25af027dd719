from __future__ import annotations

from collections import Counter
from urllib.parse import urlparse

import re2

from agentowners.identity.accounts import bare_login
from agentowners.identity.catalogue import ALIASES, CATALOGUE, signals
from agentowners.identity.model import Group
from agentowners.policy.patterns import GROUP_WORDS, PrincipalPattern
from tests.identity.agents_table import PAGE, rendered


def test_the_page_shows_the_catalogue_as_it_is() -> None:
    page = PAGE.read_text("utf-8")
    assert rendered(page) == page, "run `python -m tests.identity.agents_table`"


def test_every_signal_has_a_source() -> None:
    for signal in signals():
        source = urlparse(signal.source)
        assert source.scheme == "https", signal
        assert source.netloc, signal


def test_every_signal_is_in_a_definition() -> None:
    for kind, values in (
        ("login", "logins"), ("id", "ids"), ("app", "apps"), ("email", "emails"), ("name", "names"),
        ("branch", "branches"), ("trailer", "trailers"), ("body", "bodies"), ("label", "labels"),
    ):  # fmt: skip
        listed = {(s.identity, s.group, s.value) for s in signals() if s.kind == kind}
        assert listed == {(d.name, d.group, str(value)) for d in CATALOGUE for value in getattr(d, values)}


def test_names_are_plain_and_each_there_once() -> None:
    names = [definition.name for definition in CATALOGUE]
    assert max(Counter(names).values()) == 1
    for name in names:
        assert name == PrincipalPattern.parse(name).key
        assert name not in GROUP_WORDS
        assert "/" not in name


def test_an_alias_means_one_identity_and_is_no_name_and_no_login() -> None:
    names = {definition.name for definition in CATALOGUE}
    logins = {bare_login(login).lower() for definition in CATALOGUE for login in definition.logins}
    aliases = [alias for definition in CATALOGUE for alias in definition.aliases]
    assert max(Counter(aliases).values()) == 1
    assert set(ALIASES) <= names
    for alias in aliases:
        assert alias == PrincipalPattern.parse(alias).key
        assert alias not in {*names, *logins, *GROUP_WORDS}


def test_b6_a_bot_that_carries_others_work_at_a_word_is_an_agent() -> None:
    relays = {"mergify", "pre-commit-ci", "github-actions"}
    assert {d.name for d in CATALOGUE if d.name in relays and d.group is Group.AGENTS} == relays


def test_an_account_belongs_to_one_identity() -> None:
    for values in ([id for d in CATALOGUE for id in d.ids], [login for d in CATALOGUE for login in d.logins]):
        assert max(Counter(values).values()) == 1


def test_a_bot_is_known_by_id_since_its_group_loosens() -> None:
    for definition in CATALOGUE:
        if definition.group is Group.BOTS:
            assert len(definition.ids) == len(definition.logins) > 0
            assert not definition.emails
            assert not definition.names


def test_an_entry_has_the_id_of_every_login_or_no_id_at_all() -> None:
    same_account = {"copilot": 0}  # `Copilot` and `copilot-swe-agent[bot]` share one, and one more is the command line's
    for definition in CATALOGUE:
        if definition.ids and definition.name not in same_account:
            assert len(definition.ids) >= len(definition.logins), definition.name


def test_addresses_are_exact_and_no_persons() -> None:
    for definition in CATALOGUE:
        for email in definition.emails:
            assert "*" not in email
            assert email == email.lower()
            assert email.partition("@")[0] != definition.name or email.endswith(
                (".dev", "@openai.com", "@github.com", "@aider.chat", "@ampcode.com", "@charm.land", "@jetbrains.com")
            )


def test_bodies_describe_whole_lines() -> None:
    for definition in CATALOGUE:
        for expression in definition.bodies:
            assert expression.startswith(("(?m)^[ \\t", "(?im)^[ \\t")), expression
            re2.compile(expression)
