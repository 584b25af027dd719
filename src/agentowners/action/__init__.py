"""The main job: an event becomes a published verdict.

Whatever asks GitHub lets its ``PlatformError`` out, as ``agentowners.github`` raises it; what else it means is said where it is.
"""
