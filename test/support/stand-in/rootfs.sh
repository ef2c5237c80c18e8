#!/usr/bin/env bash
# Makes the root file system of the stand-in base images: a small Debian (or Ubuntu) with Python, pip, git and tini, for
# one architecture: rootfs.sh ARCHITECTURE OUTPUT.tar.gz. The packages come from this machine's own mirror and suite.
# Beside it OUTPUT.tar.gz.json says the digest of the unpacked archive and the Python that is really in it.
#
# Packages are unpacked and written down as installed, and their set-up scripts do not run: that is five times faster
# than debootstrap, needs neither root nor an emulator, and the same packages give the same bytes. The few things those
# scripts would have done and that a build needs are done below.
# shellcheck disable=SC2016 # $(…) in single quotes is apt's own format
set -euo pipefail

readonly architecture=$1 output=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly packages=('?essential' apt bash ca-certificates git passwd python3-pip tini)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readonly root=$work/root state=$work/apt

# --- which packages: a resolver run of apt on an empty machine -------------------------------------------------------

# shellcheck source=/dev/null
. /etc/os-release
suite=$VERSION_CODENAME components=main
[[ $ID == ubuntu ]] && components='main universe'
mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(ORIGIN) $(REPO_URI)' 'Created-By: Packages' |
  awk -v suite="$suite" '
    $1 != suite || $2 != "main" { next }
    $3 == "Debian" || $3 == "Ubuntu" { sure = sure ? sure : $4 }
    $3 ~ /^[$]/ { maybe = maybe ? maybe : $4 } # its lists were never read, so apt cannot tell whose it is
    END { print sure ? sure : maybe }')
[[ -n $mirror ]] || { echo "rootfs: this machine has no package source for $suite main" >&2; exit 1; }

mkdir -p "$state"/{lists/partial,archives/partial,parts} "$root"/{usr,etc}
printf 'deb %s %s %s\n' "$mirror" "$suite" "$components" >"$state/sources.list"
: >"$state/status"

apt() {
  apt-get -q -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Install-Recommends=false \
    -o APT::Sandbox::User= -o Debug::NoLocking=true -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" \
    -o Dir::State::extended_states="$state/extended" -o Dir::Cache::archives="$state/archives" -o Dir::Cache::pkgcache= \
    -o Dir::Cache::srcpkgcache= -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts="$state/parts" \
    -o Dir::Etc::preferencesparts="$state/parts" -o Acquire::Languages=none "$@" >&2 </dev/null
}
apt update
apt install -y --download-only "${packages[@]}"

# --- unpack ----------------------------------------------------------------------------------------------------------

for folder in bin sbin lib lib64; do
  mkdir -p "$root/usr/$folder"
  ln -s "usr/$folder" "$root/$folder"
done
mkdir -p "$root/var/lib/dpkg/info"
for package in "$state"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" |
    tar -x -C "$root" --keep-directory-symlink --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
      --exclude='./usr/share/locale/*' --exclude='./usr/share/info/*'
  dpkg-deb --field "$package" | sed '/^Package:/a Status: install ok installed'
  echo
done >"$root/var/lib/dpkg/status"

# --- what the packages' own scripts would have done ------------------------------------------------------------------

cd "$root"
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
echo '_apt:*:42:65534::/nonexistent:/usr/sbin/nologin' >>etc/passwd
cp usr/share/libc-bin/nsswitch.conf etc/nsswitch.conf
ln -s mawk usr/bin/awk
cat usr/share/ca-certificates/mozilla/*.crt >etc/ssl/certs/ca-certificates.crt
# No package source: `apt-get update` has nothing to ask for, and `apt-get install` finds everything installed.
rm -rf etc/apt/sources.list etc/apt/sources.list.d/*

# An official Python image has `python`, and lets pip install into it.
ln -s python3 usr/bin/python
rm -f usr/lib/python3*/EXTERNALLY-MANAGED
python=$(readlink usr/bin/python3)
rm -f "usr/lib/$python/sitecustomize.py"
cp "$here/sitecustomize.py" "usr/lib/$python/sitecustomize.py"

# Else each build would compile pip anew and carry the result in its layer. With another Python they are just not used.
python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$root" usr/lib/python3/dist-packages "usr/lib/$python" >/dev/null || true

tar -c --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner . >"$work/rootfs.tar"
diff_id=$(sha256sum <"$work/rootfs.tar")
gzip -n -3 "$work/rootfs.tar"
printf '{ "diffId": "sha256:%s", "python": "%s" }\n' "${diff_id%% *}" "${python#python}" >"$output.json"
cp "$work/rootfs.tar.gz" "$output.part"
mv "$output.part" "$output"
