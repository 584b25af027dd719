"""Reports: pure functions from what is known to text, a folder per subject and a file per format."""
