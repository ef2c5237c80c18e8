"""Lets the one interpreter of a stand-in image answer for another version.

Python reads this at every start. Where a file `stand-in-python` in the interpreter's prefix names a version, programs
(pip with its Requires-Python among them) are told that one; the syntax and the library stay the real interpreter's.
"""

import collections
import os
import site
import sys


def answer_as(version):
    # sysconfig works the paths out once, from the real version, and keeps them.
    import sysconfig

    sysconfig.get_paths()
    short = sys.version.split()[0]
    fields = "major minor micro releaselevel serial"
    major, minor = (int(part) for part in version.split("."))
    sys.version_info = collections.namedtuple("version_info", fields)(major, minor, 0, "final", 0)
    sys.version = sys.version.replace(short, version + ".0", 1)
    sys.hexversion = major << 24 | minor << 16 | 0xF0
    # What works its paths out by itself (distutils, and pip through it) installs below the version that it was told.
    for prefix in (sys.prefix, os.path.join(sys.prefix, "local")):
        for name in ("site-packages", "dist-packages"):
            site.addsitedir(os.path.join(prefix, "lib", "python" + version, name))


try:
    with open(os.path.join(sys.prefix, "stand-in-python"), encoding="ascii") as file:
        answer_as(file.read().strip())
except FileNotFoundError:
    pass
