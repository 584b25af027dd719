"""The main job: an event becomes a published verdict."""
