"""Backtests, by format."""
