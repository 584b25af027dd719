"""A narrow change of a policy that somebody asks for: read, merged, proved, and what is shown of it before a person decides."""
