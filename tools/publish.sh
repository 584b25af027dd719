#!/bin/sh
# Makes a release of a tagged commit whose image is pushed: publish.sh vX.Y.Z COMMIT IMAGE@sha256:DIGEST
#
# The commit with the pinned action.yml is made through the API, so that GitHub signs it and no credential lies in the
# checkout. Needs `gh` with GH_TOKEN, and GITHUB_REPOSITORY; run by release.yml.
set -eu
cd "$(dirname "$0")/.."
tag=$1 commit=$2 image=$3
major=${tag%%.*}
repository=repos/$GITHUB_REPOSITORY
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

python3 tools/release.py "$tag" >"$scratch/notes"
python3 tools/pin_image.py action.yml "$image" >"$scratch/action.yml"
python3 - "$commit" "$scratch/action.yml" >"$scratch/tree.json" <<'P'
import json
import sys
from pathlib import Path

entry = {"path": "action.yml", "mode": "100644", "type": "blob", "content": Path(sys.argv[2]).read_text(encoding="utf-8")}
print(json.dumps({"base_tree": sys.argv[1], "tree": [entry]}))
P

tree=$(gh api "$repository/git/trees" --jq .sha --input "$scratch/tree.json")
pinned=$(gh api "$repository/git/commits" --jq .sha -f tree="$tree" -f "parents[]=$commit" \
  -f message="Name the image of $tag by digest")
gh api --silent -X PATCH "$repository/git/refs/tags/$tag" -f sha="$pinned" -F force=true

# A fix to an older release must not take the moving tag, or the name of the latest release, back.
newest() { git tag --list "$1" --sort=-v:refname | grep -Ex 'v[0-9]+\.[0-9]+\.[0-9]+' | head -n 1; }
if [ "$tag" = "$(newest "$major.*")" ]; then
  gh api --silent -X PATCH "$repository/git/refs/tags/$major" -f sha="$pinned" -F force=true \
    || gh api --silent "$repository/git/refs" -f ref="refs/tags/$major" -f sha="$pinned"
fi
latest=false
if [ "$tag" = "$(newest 'v*')" ]; then latest=true; fi

gh release create "$tag" --verify-tag --latest="$latest" --title "$tag" --notes-file "$scratch/notes"
