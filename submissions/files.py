"""What an uploaded file really is, and a photo without its place, camera and payload."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from common.refusal import Refused

_OFFICE = "application/vnd.openxmlformats-officedocument."
# What is taken, by its name's ending: the media type it is served as.
TAKEN = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".docx": f"{_OFFICE}wordprocessingml.document",
    ".xlsx": f"{_OFFICE}spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}presentationml.presentation",
    ".csv": "text/csv",
}
_PHOTOS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
_ZIPPED = {".docx", ".xlsx", ".pptx"}
LARGEST_SIDE = 3000
MOST_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file fit to be kept, under a random name."""

    content: ContentFile[bytes]
    original_name: str
    media_type: str
    size_bytes: int
    sha256: str


def check_file(file: UploadedFile[bytes]) -> CheckedFile:
    """Return the file as it may be kept; photos are made anew without GPS and other remarks.

    :raises Refused: if it is empty, too large, of a kind not taken, or not what its name says.
    """
    name = (file.name or "").replace("\\", "/").rsplit("/", 1)[-1][:255]
    ending = f".{name.rsplit('.', 1)[-1].lower()}" if "." in name else ""
    if ending not in TAKEN:
        raise Refused(
            _("รับเฉพาะไฟล์ PDF ภาพ (JPG PNG WebP) Word Excel PowerPoint และ CSV"), code="file_kind"
        )
    if not file.size:
        raise Refused(_("ไฟล์ว่าง เลือกไฟล์ใหม่"), code="file_empty")
    if file.size > settings.EVIDENCE_MAX_BYTES:
        raise Refused(
            _("ไฟล์ใหญ่เกิน %(limit)d MB ย่อหรือแบ่งไฟล์ก่อน")
            % {"limit": settings.EVIDENCE_MAX_BYTES // 1024 // 1024},
            code="file_size",
        )
    content = file.read()
    if not _is_what_it_says(content, ending):
        raise Refused(
            _("เนื้อไฟล์ไม่ตรงกับนามสกุล %(ending)s บันทึกไฟล์ใหม่ให้ถูกชนิด") % {"ending": ending},
            code="file_type",
        )
    if ending in _PHOTOS:
        content = _photo_made_anew(content, _PHOTOS[ending])
    stored = ContentFile(content, name=get_random_string(40) + ending)
    return CheckedFile(
        stored, name, TAKEN[ending], len(content), hashlib.sha256(content).hexdigest()
    )


def is_named_as_photo(name: str) -> bool:
    """Whether a file's name is that of a photo; `check_file` looks whether it is one."""
    return "." in name and f".{name.rsplit('.', 1)[-1].lower()}" in _PHOTOS


def _is_what_it_says(content: bytes, ending: str) -> bool:
    """Whether the first bytes fit the ending."""
    if ending == ".csv":
        return b"\x00" not in content
    try:
        found = {match.extension.lower() for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return False
    if ending in _ZIPPED:
        return ending in found or ".zip" in found
    same = {".jpg", ".jpeg", ".jfif"} if ending in (".jpg", ".jpeg") else {ending}
    return bool(found & same)


def _photo_made_anew(content: bytes, form: str) -> bytes:
    """Draw the photo into a new file: turned upright, not too large, without any remark in it."""
    try:
        with Image.open(BytesIO(content)) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise Refused(_("ภาพใหญ่เกินไป ย่อภาพก่อน"), code="file_pixels")
            upright = ImageOps.exif_transpose(photo)
            upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
            plain = upright.convert("RGB" if form == "JPEG" else "RGBA")
            fresh = Image.new(plain.mode, plain.size)
            fresh.paste(plain)
            out = BytesIO()
            fresh.save(out, form, quality=85)
            return out.getvalue()
    except Image.DecompressionBombError as error:
        raise Refused(_("ภาพใหญ่เกินไป ย่อภาพก่อน"), code="file_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused(_("เปิดภาพนี้ไม่ได้ ไฟล์อาจเสีย"), code="file_broken") from error
