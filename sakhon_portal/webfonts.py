"""Make the web font out of the installed Sarabun: Thai and Latin only, a quarter of its size.

python -m sakhon_portal.webfonts static/fonts
"""

import shutil
import sys
from importlib import metadata, resources
from pathlib import Path

from fontTools import subset

FACES = ("Regular", "Medium", "SemiBold", "Bold")
# Latin, its accents, Thai, dashes and quotes, the baht sign, arrows, minus and ratio signs, and the
# dotted circle that a lone Thai mark stands on.
LETTERS = (
    "U+0020-007E,U+00A0-017F,U+0E00-0E7F,U+2010-2027,U+2030-203A,U+20AC,U+2190-2193,"
    "U+2212,U+2215,U+2248,U+2260,U+2264,U+2265,U+25CC,U+2713"
)


def build(folder: Path) -> None:
    """Write one woff2 for each face into the folder, and the font's licence beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for face in FACES:
        with resources.as_file(
            resources.files("fontpkg_sarabun") / "files" / f"Sarabun-{face}.ttf"
        ) as source:
            subset.main(
                [
                    str(source),
                    f"--unicodes={LETTERS}",
                    "--layout-features=*",
                    "--flavor=woff2",
                    f"--output-file={folder / f'Sarabun-{face}.woff2'}",
                ]
            )
    for file in metadata.files("fontpkg-sarabun") or []:
        if file.name.upper().startswith(("OFL", "LICENSE")):
            shutil.copyfile(str(file.locate()), folder / "OFL.txt")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
