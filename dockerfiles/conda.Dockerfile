# The example that ships with tagwright: Prefect's.
#
# Rendered from dockerfiles/conda.Dockerfile.hbs by `tagwright render`: edit the template, not this file.
#
# One file for every release. What differs comes in as arguments:
#   docker build --file dockerfiles/conda.Dockerfile --build-arg VERSION=2.20.25 --build-arg PYTHON=3.12 .

# X.Y. Not called PYTHON_VERSION: the official Python images set that one, and an image's ENV hides an ARG.
ARG PYTHON=3.12

# Empty here. Where PyPI is out of reach, a folder of wheels takes its place: --build-context wheels=FOLDER
FROM scratch AS wheels

FROM continuumio/miniconda3:26.5.3

# What takes long comes first, and only RUN: buildx dates what WORKDIR and COPY write by the release's commit, so all that
# follows them is built again for every release.
ENV LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

# tini reaps what flows leave behind; git is how Prefect fetches flow code. Their versions are those of the base's Debian.
# The user is there for `docker run --user prefect`. Root stays the default: images built on this one install packages,
# and volumes made by earlier releases belong to root.
# Logs and dates of the day it was built are left out: two builds give the same bytes.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git tini \
    && SOURCE_DATE_EPOCH=0 useradd --create-home --uid 1000 --shell /bin/bash prefect \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/ldconfig/aux-cache \
        /var/log/apt/* /var/log/dpkg.log /var/log/alternatives.log

# conda-forge has every Python from 3.7 on, and no terms of service to accept.
ARG PYTHON
RUN conda create --yes --quiet --name prefect --override-channels --channel conda-forge "python=${PYTHON}" pip \
    && conda clean --all --yes --quiet \
    && echo 'conda activate prefect' >> /root/.bashrc

# The environment is on for every command, not only for the shells that read .bashrc.
ENV CONDA_DEFAULT_ENV=prefect \
    CONDA_PREFIX=/opt/conda/envs/prefect \
    PATH=/opt/conda/envs/prefect/bin:$PATH

WORKDIR /opt/prefect

COPY --chmod=0755 <<'SCRIPT' /opt/prefect/entrypoint.sh
#!/usr/bin/env bash
# Installs the packages of EXTRA_PIP_PACKAGES, if it names any, then runs the command, or a shell where there is none.
set -o errexit -o nounset -o pipefail

# Split at spaces and line ends, and at nothing else: the brackets of package[extra] are no file pattern.
read -r -d '' -a packages <<<"${EXTRA_PIP_PACKAGES:-}" || true
if ((${#packages[@]} > 0)); then
  echo "entrypoint: pip installs the ${#packages[@]} words of EXTRA_PIP_PACKAGES" >&2
  python -m pip install --no-cache-dir "${packages[@]}" >&2
fi

exec "${@:-bash}"
SCRIPT

# Quoted below, so that no version can become an option of pip. With the date given, pip writes .pyc files without times.
ARG VERSION
ARG SOURCE_DATE_EPOCH
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=bind,from=wheels,target=/wheels \
    <<'INSTALL'
#!/bin/bash
set -o errexit -o nounset -o pipefail
: "${VERSION:?is not given; add --build-arg VERSION=X.Y.Z}"
options=()
if compgen -G '/wheels/*.whl' >/dev/null; then
  options=(--no-index --find-links /wheels)
fi
python -m pip install "${options[@]}" "prefect==${VERSION}"
INSTALL

# The image is what its tags will say it is, or there is no image.
ARG PYTHON
RUN --network=none --mount=type=tmpfs,target=/tmp <<'VERIFY'
#!/bin/bash
set -o errexit -o nounset -o pipefail
export PREFECT_HOME=/tmp/prefect PYTHONDONTWRITEBYTECODE=1
python=$(python -c 'import sys; print("{}.{}".format(*sys.version_info))')
prefect=$(prefect version | sed -n 's/^Version: *//p')
if [[ $python != "$PYTHON" || $prefect != "$VERSION" ]]; then
  echo "verify: asked for Prefect ${VERSION} on Python ${PYTHON}, got Prefect ${prefect} on Python ${python}" >&2
  exit 1
fi
VERIFY

ARG REVISION=""
ARG CREATED=""
ARG FLAVOR="conda"
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.base.name="docker.io/continuumio/miniconda3:26.5.3" \
      io.tagwright.python="${PYTHON}" \
      io.tagwright.flavor="${FLAVOR}"

ENTRYPOINT ["/usr/bin/tini", "-g", "--", "/opt/prefect/entrypoint.sh"]
