#!/usr/bin/env python3
"""Writes wheels that pip takes for Prefect's: wheels.py VERSION FOLDER

`prefect version` prints its version the way the real one does; there is nothing else in them. The same version gives
the same bytes.
"""

import base64
import hashlib
import sys
import zipfile

MAIN = '''import platform
import sys


def main():
    if sys.argv[1:] != ["version"]:
        sys.exit("this stand-in of Prefect knows only: prefect version")
    print(f"Version:             {VERSION}")
    print(f"Python version:      {platform.python_version()}")
    print(f"OS/Arch:             {sys.platform}/{platform.machine()}")
'''


def write_wheel(folder, name, version, metadata, files):
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    header = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        **files,
        f"{info}/METADATA": header + "".join(f"{line}\n" for line in metadata),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = record_of({path: text.encode() for path, text in files.items()}, info)
    with zipfile.ZipFile(f"{folder}/{module}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)


def record_of(files, info):
    record = [f"{path},{digest(content)},{len(content)}" for path, content in files.items()]
    return "\n".join([*record, f"{info}/RECORD,,", ""])


def digest(content):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def main(version, folder):
    write_wheel(
        folder,
        "prefect",
        version,
        [
            "Requires-Python: >=3.7",
            "Provides-Extra: kubernetes",
            'Requires-Dist: prefect-kubernetes; extra == "kubernetes"',
        ],
        {
            "prefect/__init__.py": f'__version__ = "{version}"\n',
            "prefect/cli.py": f'VERSION = "{version}"\n\n{MAIN}',
            f"prefect-{version}.dist-info/entry_points.txt": "[console_scripts]\nprefect = prefect.cli:main\n",
        },
    )
    write_wheel(
        folder,
        "prefect-kubernetes",
        "0.3.0",
        ["Requires-Python: >=3.7", "Requires-Dist: prefect>=2"],
        {"prefect_kubernetes/__init__.py": ""},
    )
    write_wheel(folder, "prefect-aws", "0.4.0", ["Requires-Python: >=3.7"], {"prefect_aws/__init__.py": ""})


if __name__ == "__main__":
    main(*sys.argv[1:])
