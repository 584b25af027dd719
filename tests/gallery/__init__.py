"""The repository that the gallery shows: a shop of some files, with eight months of changes by people and agents."""
