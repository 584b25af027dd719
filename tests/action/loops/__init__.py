"""The logic of the job's loops, on a fake of GitHub with plain fields: no server, no git and no description of an API."""
