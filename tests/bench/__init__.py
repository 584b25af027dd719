"""Speed, side by side in one run and as ratios: ``python -m tests.bench``."""
