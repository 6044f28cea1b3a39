"""Names of the desk's deferred work; spreadsheets.jobs does it, since it calls verbs."""

from typing import Final

READ_UPLOAD: Final = "spreadsheets.read"
COMMIT_UPLOAD: Final = "spreadsheets.commit"
