#!/usr/bin/env bash
# Makes the engines that the integration tests talk to: Docker Engine with BuildKit, buildx and the containerd image
# store; a CNCF Distribution registry; and independent witnesses (skopeo, crane). Safe to run again: what is there is
# left alone, and with everything in place it returns in well under a second.
#
#   scripts/setup-engines.sh          install and start what is missing (Debian or Ubuntu, as root), then check
#   scripts/setup-engines.sh --check  change nothing, only say what is missing
#
# Exit code 0 when every required engine is usable, 1 when one is not. It talks on stderr.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly bin_dir=$here/.cache/engines/bin # first on the PATH of the integration tests, see vitest.config.ts
readonly docker_log=${TAGWRIGHT_DOCKERD_LOG:-/var/log/tagwright-dockerd.log}
readonly docker_pid=/run/tagwright-dockerd.pid
readonly source_file=/etc/apt/sources.list.d/tagwright-engines.list
readonly pin_file=/etc/apt/preferences.d/tagwright-engines

# Multi-platform indexes, attestations and digests that survive a push need Engine 26; 28 is what the project is tested on.
readonly minimum_docker=26
# The newer Debian suites that may provide them, best first. Their containerd and runc want a newer libc: never from there.
readonly newer_suites=(forky trixie)
readonly pinned_packages=(docker.io docker-cli docker-buildx crane tini-static cosign oras)

# What the tests cannot do without, as `command:package`; then what a single test may want.
readonly required=(docker:docker.io docker-registry:docker-registry skopeo:skopeo crane:crane cosign:cosign htpasswd:apache2-utils openssl:openssl
  python3:python3 chromium:chromium busybox:busybox-static)
readonly optional=(oras:oras qemu-aarch64-static:qemu-user-static update-binfmts:binfmt-support)

say() { printf 'engines: %s\n' "$*" >&2; }
loud() { printf '\nengines: !! %s\n\n' "$*" >&2; }

# --- what is there ---------------------------------------------------------------------------------------------------

# A minimal Python has the command, and not the library.
has() {
  if [[ $1 == python3 ]]; then python3 -c 'import compileall, zipfile' 2>/dev/null; else command -v "$1" >/dev/null; fi
}

# Prints the packages whose command is absent, one a line.
missing_packages() {
  local pair
  for pair in "$@"; do
    has "${pair%%:*}" || printf '%s\n' "${pair##*:}"
  done
}

# A `docker` put in place by hand may shadow the one that the distribution installed beside the daemon. Neither is
# removed; the tests get the one that belongs to the daemon.
prefer_packaged_docker() {
  [[ -x /usr/bin/docker && $(command -v docker) != /usr/bin/docker ]] || return 0
  mkdir -p "$bin_dir"
  ln -sfn /usr/bin/docker "$bin_dir/docker"
  PATH=$bin_dir:$PATH
}

# Client and plugin are there and new enough, and there is a daemon to talk to or one to start.
docker_is_usable() {
  local client
  client=$(docker version --format '{{.Client.Version}}' 2>/dev/null || true)
  [[ ${client%%.*} =~ ^[0-9]+$ && ${client%%.*} -ge $minimum_docker ]] || return 1
  docker buildx version >/dev/null 2>&1 || return 1
  daemon_answers || command -v dockerd >/dev/null
}

daemon_answers() { docker info --format '{{.ServerVersion}}' >/dev/null 2>&1; }

# Prints one line for each required engine that is not usable.
problems() {
  local package store
  for package in $(missing_packages "${required[@]}"); do printf '%s is not installed\n' "$package"; done
  command -v docker >/dev/null || return 0
  docker buildx version >/dev/null 2>&1 || printf 'docker has no buildx plugin (package docker-buildx)\n'
  if ! store=$(docker info --format '{{.DriverStatus}}' 2>/dev/null); then
    printf 'no Docker daemon answers at %s\n' "${DOCKER_HOST:-the default socket}"
  elif [[ $store != *io.containerd.snapshotter* ]]; then # the classic image store cannot hold an index
    printf 'the Docker daemon does not use the containerd image store (daemon.json: {"features":{"containerd-snapshotter":true}})\n'
  fi
}

# --- install ---------------------------------------------------------------------------------------------------------

# Runs apt-get without questions. Its long talk goes to a log, of which the end is shown when it fails.
apt() {
  local status=0 log
  log=$(mktemp)
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=2 -o Acquire::http::Timeout=30 \
    "$@" >"$log" 2>&1 </dev/null || status=$?
  [[ $status -eq 0 ]] || tail -n 25 "$log" >&2
  rm -f "$log"
  return "$status"
}

# Prints the major version of docker.io that apt would install, 0 when it has none.
docker_candidate() {
  local version
  version=$(LC_ALL=C apt-cache policy docker.io | sed -n 's/^ *Candidate: //p')
  [[ $version =~ ^([0-9]+:)?([0-9]+)\. ]] && printf '%s\n' "${BASH_REMATCH[2]}" || printf '0\n'
}

# Adds one newer suite of the very mirror that this machine already uses, pinned so that only the packages named above
# come from it. The mirror is asked of apt, which reads every format of source file there is.
add_suite() {
  local suite=$1 release mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  # shellcheck source=/dev/null
  release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$release" '$1 == "Debian" && $2 == release && $3 == "main" { print $4; exit }')
  if [[ -z $mirror ]]; then
    loud "found no source of Debian $release main to take $suite from"
    return 1
  fi
  say "adding $suite from this machine's Debian mirror, pinned to: ${pinned_packages[*]}"
  # A mirror that stands still serves a list whose days are over; it is signed all the same.
  printf 'deb [signed-by=%s check-valid-until=no] %s %s main\n' "$keyring" "$mirror" "$suite" >"$source_file"
  printf 'Package: *\nPin: release n=%s\nPin-Priority: -10\n\nPackage: %s\nPin: release n=%s\nPin-Priority: 990\n' \
    "$suite" "${pinned_packages[*]}" "$suite" >"$pin_file"
  # Only this source is read: the others were just now.
  apt update -o Dir::Etc::sourcelist="$source_file" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
}

remove_suite() { rm -f "$source_file" "$pin_file"; }

docker_can_be_installed() {
  apt-get install -s --no-install-recommends docker.io docker-buildx >/dev/null 2>&1
}

# Chooses where Docker comes from: the machine's own suite if that is new enough, else the first newer suite that fits.
choose_docker_source() {
  local suite
  [[ $(docker_candidate) -ge $minimum_docker ]] && docker_can_be_installed && return 0
  # shellcheck source=/dev/null
  [[ $(. /etc/os-release && printf '%s' "$ID") == debian ]] || return 1
  for suite in "${newer_suites[@]}"; do
    add_suite "$suite" && docker_can_be_installed && return 0
    say "docker.io of $suite cannot be installed here"
    remove_suite
  done
  return 1
}

# Prints the names that apt can install.
installable() {
  local package
  for package in "$@"; do
    [[ $(LC_ALL=C apt-cache policy "$package" | sed -n 's/^ *Candidate: //p') =~ ^[0-9] ]] && printf '%s\n' "$package"
  done
  return 0
}

install_packages() {
  local wanted=() extra=()
  mapfile -t wanted < <(missing_packages "${required[@]}")
  mapfile -t extra < <(missing_packages "${optional[@]}")
  # The client is a package of its own where docker.io only recommends it; elsewhere there is no such package.
  docker_is_usable || wanted+=(docker.io docker-cli docker-buildx)
  [[ ${#wanted[@]} -gt 0 || ${#extra[@]} -gt 0 ]] || return 0

  # A source that cannot be reached (a vendor's, behind a firewall) is no reason to stop; a package that is missing is.
  say 'reading the package lists'
  apt update || say 'some package sources could not be read; going on with the others'
  if ! choose_docker_source; then loud "no source offers docker.io $minimum_docker or newer"; fi

  mapfile -t wanted < <(installable "${wanted[@]}" | sort -u)
  daemon_answers || configure_daemon # first: some machines start the daemon while its package is installed
  if [[ ${#wanted[@]} -gt 0 ]]; then
    say "installing ${wanted[*]}"
    apt install -y --no-install-recommends "${wanted[@]}"
  fi
  mapfile -t extra < <(installable "${extra[@]}")
  if [[ ${#extra[@]} -gt 0 ]]; then
    say "installing ${extra[*]}"
    apt install -y --no-install-recommends "${extra[@]}" || say "left out: ${extra[*]}"
  fi
}

# --- start -----------------------------------------------------------------------------------------------------------

# Turns the containerd image store on, and leaves whatever else daemon.json says.
configure_daemon() {
  local file=/etc/docker/daemon.json
  [[ ! -f $file ]] || ! grep -q containerd-snapshotter "$file" || return 0
  say "turning the containerd image store on in $file"
  mkdir -p "${file%/*}"
  node --input-type=module - "$file" <<'JS'
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[2];
const config = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8') || '{}') : {};
config.features = { ...config.features, 'containerd-snapshotter': true };
writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
JS
}

start_daemon() {
  # An address given from outside names somebody else's daemon: not ours to start.
  [[ -z ${DOCKER_HOST:-} ]] || return 0
  daemon_answers && return 0
  local i
  configure_daemon
  say "starting dockerd, log in $docker_log"
  setsid dockerd >"$docker_log" 2>&1 </dev/null 9>&- &
  printf '%s\n' "$!" >"$docker_pid"
  for ((i = 0; i < 120; i++)); do
    daemon_answers && return 0
    kill -0 "$(<"$docker_pid")" 2>/dev/null || break
    sleep 0.5
  done
  loud "dockerd did not start; the end of $docker_log:"
  tail -n 20 "$docker_log" >&2
  return 1
}

# Teaches the kernel to run arm64 binaries through qemu, for the one test that builds with real ones; it says so itself
# where that is not possible.
emulate_arm64() {
  local binfmt=/proc/sys/fs/binfmt_misc
  [[ $(uname -m) == x86_64 && ! -e $binfmt/qemu-aarch64 ]] || return 0
  command -v update-binfmts >/dev/null || return 0
  say 'letting the kernel run arm64 binaries through qemu'
  [[ -e $binfmt/register ]] || mount -t binfmt_misc none "$binfmt" || return 0
  update-binfmts --enable qemu-aarch64 >&2 || return 0
}

# --- main ------------------------------------------------------------------------------------------------------------

can_install() { [[ $(id -u) -eq 0 ]] && command -v apt-get dpkg >/dev/null; }

prefer_packaged_docker
found=$(problems)
if [[ -n $found && ${1:-} != --check ]]; then
  if can_install; then
    # Two runs at once would fight over apt and start two daemons.
    exec 9>/run/lock/tagwright-engines.lock
    flock 9
    install_packages || say 'not everything could be installed'
    hash -r
    prefer_packaged_docker
    emulate_arm64
    start_daemon || true
    found=$(problems)
  else
    say 'not root on Debian or Ubuntu, so nothing is installed'
  fi
fi

if [[ -n $found ]]; then
  loud "missing: ${found//$'\n'/; }"
  exit 1
fi
say "Docker $(docker version --format '{{.Client.Version}}, daemon {{.Server.Version}}'), buildx $(docker buildx version | awk '{ print $2 }'), docker-registry, skopeo, crane: ready"
