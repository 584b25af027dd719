"""Path patterns against what others make of them: GitHub's own examples of CODEOWNERS, and git with any bytes in names."""
