"""A picture that people sent, shown inside a page."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse


def picture(file: FieldFile, media_type: str) -> FileResponse:
    """Send a stored picture; the browser keeps it for an hour, for this reader only."""
    answer = FileResponse(file.open("rb"), content_type=media_type)
    answer["Cache-Control"] = "private, max-age=3600"
    answer["Content-Security-Policy"] = "sandbox"
    return answer
