"""Static files whose names carry a hash of what they hold."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hash also the names by which our own modules import each other.

    Without it an upgrade would mix new modules with old ones that a browser or nginx keeps. Modules
    of other packages import names that only a bundler knows.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
