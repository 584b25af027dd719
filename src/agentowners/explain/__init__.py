"""Why a path is decided as it is, by the engine's own trace, and what would change it."""
