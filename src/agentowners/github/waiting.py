"""Waits for rate limits. GitHub's times are a wish and no order: a clock may be wrong, theirs or ours."""

from __future__ import annotations

from typing import Final

from urllib3.exceptions import InvalidHeader

from agentowners.github.model import Patience
from github import GithubException, GithubRetry, RateLimitExceededException

_LIMITED: Final = (
    "api rate limit exceeded",
    "secondary rate limit",
    "please retry your request again later",
    "please wait a few minutes",
)
"""Words of a rate limit's refusal. Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"""


class Waiting(GithubRetry):
    """Waits out rate limits, whatever the method, and no other errors; a limit that lasts too long is a failure at once."""

    @classmethod
    def with_patience(cls, patience: Patience) -> Waiting:
        """As patient as this."""
        return cls(
            total=patience.attempts - 1,
            connect=0,
            read=0,
            status_forcelist=[429],
            allowed_methods=None,
            raise_on_status=False,
            secondary_rate_wait=patience.secondary_wait,
            max_rate_limit_wait=patience.longest_wait,
        )

    def parse_retry_after(self, retry_after: str) -> float:
        """Seconds to wait; where the header makes no sense, as many as without one.

        Raises:
            RateLimitExceededException: GitHub asks to wait for longer than is waited.
        """
        try:
            seconds = super().parse_retry_after(retry_after)
        except (InvalidHeader, ValueError, OverflowError):
            return self.secondary_rate_wait
        if self.max_rate_limit_wait is not None and seconds > self.max_rate_limit_wait:
            raise RateLimitExceededException(429)
        return seconds


def is_limit(error: GithubException, words: str) -> bool:
    """True if a refusal in these words of GitHub's is a rate limit, though what else it says of it could not be read."""
    return error.status == 429 or (error.status == 403 and any(phrase in words.lower() for phrase in _LIMITED))
