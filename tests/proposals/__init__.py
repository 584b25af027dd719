"""A narrow change of a policy that somebody asks for."""
