#!/bin/sh
# Starts the product inside the container with as few rights as the runner's mounts allow.
#
# GitHub starts a container action as root and asks images not to say USER: GITHUB_OUTPUT, GITHUB_STEP_SUMMARY and the
# workspace belong to whichever account runs the runner, and no user id fixed in an image could write them everywhere
# (https://docs.github.com/en/actions/reference/workflows-and-actions/dockerfile-support#user). So root is given up
# here, before anything of the product is loaded: the process becomes the owner of the files it has to write, loses every
# capability, and can gain none back. On a runner that is itself root the user id stays 0, without capabilities.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

# -I: neither the working directory, which is the checked-out and untrusted workspace, nor PYTHON* variables nor a home
# directory adds anything that can be imported. -B: nothing is written beside the code.
set -- /opt/agentowners/bin/python -I -B -m agentowners "$@"

if [ "$(id -u)" -ne 0 ]; then
  exec "$@"
fi

user=65534
group=65534
for file in "${GITHUB_OUTPUT:-}" "${GITHUB_STEP_SUMMARY:-}" "${GITHUB_WORKSPACE:-}"; do
  if [ -n "$file" ] && [ -e "$file" ]; then
    user=$(stat -c %u -- "$file")
    group=$(stat -c %g -- "$file")
    break
  fi
done

exec setpriv --reuid "$user" --regid "$group" --clear-groups \
  --inh-caps=-all --ambient-caps=-all --bounding-set=-all --no-new-privs -- "$@"
