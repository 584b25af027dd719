#!/bin/sh
# Writes the hash-locked requirements/*.txt from requirements/*.in. `--upgrade` moves every pin to the newest release.
#
# The hashes must be those of the public index and nothing else, so no configuration or environment of this machine's pip
# takes part (a local wheel folder would add the hashes of its own files). The lowest supported Python resolves, because
# a newer one leaves out what only the older ones need.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}

"$python" - <<'P'
import sys

if sys.version_info[:2] != (3, 11):
    sys.exit(f"lock: needs Python 3.11, the lowest supported version, not {sys.version.split()[0]}")
P

for name in runtime build dev fuzz api site servers; do
  env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL -u PIP_INDEX_URL PIP_CONFIG_FILE=/dev/null \
    "$python" -m piptools compile --quiet "$@" --generate-hashes --allow-unsafe --no-strip-extras \
    --annotation-style=line --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
    --output-file="requirements/$name.txt" "requirements/$name.in"
done
