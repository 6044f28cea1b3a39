"""Where the browser of the tests is and how it is started."""

import os
import shutil

ABSENT = "no Chromium here, so nothing was seen in a browser: apt-get install chromium"


def found() -> str | None:
    """Return the path of Chromium, or None; CHROMIUM names one that stands elsewhere."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        return shutil.which(named)
    return shutil.which("chromium") or shutil.which("chromium-browser")


def flags() -> list[str]:
    # /dev/shm is small in containers; root has no sandbox to enter.
    flags = ["--disable-dev-shm-usage", "--disable-gpu", "--force-color-profile=srgb"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    return flags
