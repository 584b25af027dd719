"""Starts the product inside the container with as few rights as the runner's mounts allow.

GitHub starts a container action as root and asks images not to say USER: GITHUB_OUTPUT, GITHUB_STEP_SUMMARY and the workspace
belong to whichever account runs the runner, and no user id fixed in an image could write them everywhere
(https://docs.github.com/en/actions/reference/workflows-and-actions/dockerfile-support#user). So root is given up here, before
anything of the product is loaded: the process becomes the owner of the files it has to write, loses every capability, and can
gain none back. On a runner that is itself root, the user id stays 0, without capabilities.

No shell takes part: a POSIX shell drops variables such as INPUT_POLICY-FILE, whose names it cannot have.
"""

import os
import sys

# -I: neither the working directory, which is the untrusted workspace, nor PYTHON* variables nor a home directory adds anything
# that can be imported. -B: nothing is written beside the code.
PRODUCT = ["/opt/agentowners/bin/python", "-I", "-B", "-m", "agentowners"]
SETPRIV = "/usr/bin/setpriv"
NOBODY = (65534, 65534)


def owner() -> tuple[int, int]:
    """The user and group of the first file there is to write; nobody's where there is none."""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        path = os.environ.get(name)
        if path and os.path.exists(path):
            found = os.stat(path)
            return found.st_uid, found.st_gid
    return NOBODY


def command(arguments: list[str], *, root: bool) -> list[str]:
    """What to run in place of this process."""
    if not root:
        return [*PRODUCT, *arguments]
    user, group = owner()
    rights = [f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs"]
    capabilities = ["--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"]
    return [SETPRIV, *rights, *capabilities, "--", *PRODUCT, *arguments]


if __name__ == "__main__":
    chosen = command(sys.argv[1:], root=os.geteuid() == 0)
    os.execv(chosen[0], chosen)
