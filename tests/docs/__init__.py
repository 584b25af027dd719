"""What the documentation shows is run here: policies are loaded, workflows checked, commands executed, links followed."""
