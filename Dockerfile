# The container that action.yml runs: Python, the locked dependencies, the product, and nothing to build or install with.
#
# BASE is what the image stands on: by default the official slim Python image of the first stage, which Dependabot keeps
# up to date there (it does not read an image name out of an ARG). To build on another image that has python3 with venv
# and pip, such as a mirror's: --build-arg BASE=registry.example/python:3.13-slim
ARG BASE=official

FROM python:3.13.15-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285 AS official

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# Wheels only, so no code of a dependency runs while it is installed; and only what is locked, whatever pip the base has.
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python3 -m venv tools \
 && tools/bin/python -m pip install --no-deps --require-hashes --only-binary :all: -r requirements/build.txt \
 && python3 -m venv --without-pip /opt/agentowners \
 && tools/bin/python -m pip --python /opt/agentowners/bin/python install \
      --no-deps --require-hashes --only-binary :all: -r requirements/runtime.txt

# Of the descriptions of Amazon's services, the audit trail's store and the login to it stay: 24 MB of others go.
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN tools/bin/python -m pip wheel --no-index --no-deps --no-build-isolation --wheel-dir dist . \
 && tools/bin/python -m pip --python /opt/agentowners/bin/python install --no-index --no-deps dist/*.whl \
 && tools/bin/python -m pip --python /opt/agentowners/bin/python check \
 && find /opt/agentowners/bin -type f ! -name agentowners -delete \
 && find /opt/agentowners/lib -path '*/botocore/data/*' -prune -type d ! -name s3 ! -name sts -exec rm -rf {} + \
 && /opt/agentowners/bin/python -I -m compileall -q --invalidation-mode unchecked-hash /opt/agentowners/lib

FROM ${BASE}
ARG VERSION=1.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="AGENTOWNERS" \
      org.opencontainers.image.description="CODEOWNERS for AI agents: judges a pull request against a policy file" \
      org.opencontainers.image.source="https://github.com/agentowners/agentowners-action" \
      org.opencontainers.image.documentation="https://github.com/agentowners/agentowners-action#readme" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# What installs packages is removed: whoever gets to run code here finds nothing to extend it with.
RUN find /usr /root -xdev \( -path '*/python3*/ensurepip' -o -path '*/python3*/lib2to3' \
      -o -path '*/python3*/*-packages/pip' -o -path '*/python3*/*-packages/pip-*' \
      -o -path '*/python3*/*-packages/setuptools*' -o -path '*/python3*/*-packages/pkg_resources*' \
      -o -path '*/python3*/*-packages/wheel*' -o -path '*/share/python-wheels' \
      -o -path '*/bin/pip' -o -path '*/bin/pip3*' -o -path '*/bin/wheel*' \) -prune -exec rm -rf {} +

COPY --from=build /opt/agentowners /opt/agentowners
COPY docker/entrypoint.py /opt/agentowners/entrypoint.py

# Imports everything once, as a first test of the build on each platform; it leaves the standard library's compiled
# files behind, which the official image does not have and no later process may write.
RUN /opt/agentowners/bin/python -I -c 'import importlib, pkgutil, agentowners; \
 [importlib.import_module(m.name) for m in pkgutil.walk_packages(agentowners.__path__, "agentowners.") \
  if m.name != "agentowners.__main__"]'

# `agentowners` by hand is as deaf to its surroundings as the entrypoint is.
ENV PATH=/opt/agentowners/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1 PYTHONNOUSERSITE=1

# `agentowners action`, by way of what gives up root: entrypoint.py says why there is no USER here. The runner sets WORKDIR.
ENTRYPOINT ["/opt/agentowners/bin/python", "-I", "-B", "/opt/agentowners/entrypoint.py", "action"]
