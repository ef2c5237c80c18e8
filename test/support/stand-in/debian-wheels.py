#!/usr/bin/env python3
"""Writes wheels of what Debian packages hold, where PyPI is out of reach: debian-wheels.py FOLDER PACKAGE...

The files are the packages' own; what a wheel has besides (WHEEL, RECORD) is written anew.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

sys.dont_write_bytecode = True
from wheels import record_of

WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def unpack(packages, root):
    debs = root / "debs"
    (root / "lists/partial").mkdir(parents=True)
    debs.mkdir()
    # With lists of its own: those of the machine may be old or removed.
    apt = ["apt-get", "-q", "-o", f"Dir::State::lists={root}/lists", "-o", "APT::Sandbox::User="]
    for command in [["update"], ["download", *packages]]:
        subprocess.run([*apt, *command], cwd=debs, check=True, stdout=sys.stderr)
    for deb in debs.iterdir():
        subprocess.run(["dpkg-deb", "--extract", deb, root], check=True)
    return root / "usr/lib/python3/dist-packages"


def files_of(info, site):
    """Modules of one distribution: as its RECORD lists them, else below its top-level names."""
    record = info / "RECORD"
    if record.exists():
        paths = [site / line.split(",")[0] for line in record.read_text().splitlines()]
        return [path for path in paths if path.is_file() and info not in path.parents]
    names = (info / "top_level.txt").read_text().split()
    found = [site / f"{name}.py" for name in names] + [path for name in names for path in (site / name).rglob("*")]
    return [path for path in found if path.is_file() and path.suffix != ".pyc"]


def write(info, site, folder):
    name, version = info.stem.split("-")[:2]
    dist = f"{name}-{version}.dist-info"
    files = {str(path.relative_to(site)): path.read_bytes() for path in files_of(info, site)}
    for given, written in [("METADATA", "METADATA"), ("PKG-INFO", "METADATA"), ("entry_points.txt", "entry_points.txt")]:
        if (info / given).exists():
            files[f"{dist}/{written}"] = (info / given).read_bytes()
    files[f"{dist}/WHEEL"] = WHEEL.encode()
    files[f"{dist}/RECORD"] = record_of(files, dist).encode()
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in sorted(files):
            wheel.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), files[path])


def main(folder, *packages):
    with tempfile.TemporaryDirectory() as root:
        site = unpack(packages, pathlib.Path(root))
        for info in sorted([*site.glob("*.dist-info"), *site.glob("*.egg-info")]):
            write(info, site, pathlib.Path(folder))


main(*sys.argv[1:])
