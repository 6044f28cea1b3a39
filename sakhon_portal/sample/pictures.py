"""Pictures of the sample's projects: drawn, so that nobody takes them for photos."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

SIZE = (640, 400)
SKY, GROUND, WATER, DONE = "#cfe2ec", "#c9b78f", "#4b8fb3", "#21876a"


def drawn(name: str, *, after: bool, turn: int) -> SimpleUploadedFile:
    """Draw a plain scene: bare ground before, something built after; `turn` tells scenes apart."""
    picture = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(picture)
    level = 230 + 12 * (turn % 4)
    pen.rectangle((0, level, *SIZE), fill=GROUND)
    pen.polygon([(0, 400), (0, 360), (640, 320 + 6 * (turn % 5)), (640, 400)], fill=WATER)
    if after:
        left = 120 + 40 * (turn % 6)
        pen.rectangle(
            (left, level - 110, left + 240, level), fill="#f7f9f9", outline="#43525a", width=4
        )
        pen.polygon(
            [(left - 20, level - 110), (left + 120, level - 180), (left + 260, level - 110)],
            fill=DONE,
        )
        for x in range(left + 20, left + 220, 60):
            pen.rectangle((x, level - 80, x + 32, level - 30), fill=WATER)
    else:
        for x in range(60, 600, 90):
            pen.line((x, level, x + 20, level - 26), fill="#7a6a3c", width=5)
    written = BytesIO()
    picture.save(written, "JPEG", quality=80)
    return SimpleUploadedFile(f"{name}.jpg", written.getvalue(), "image/jpeg")
