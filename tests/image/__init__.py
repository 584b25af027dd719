"""The container image, built and run as GitHub's runner runs it; `make image-test`, not part of the test suite."""
