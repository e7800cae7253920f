"""Reproducible zip files: the same files give the same bytes."""

import io
import zipfile
from collections.abc import Collection, Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)  # of every member


def packed(files: Mapping[str, bytes], executable: Collection[str] = ()) -> bytes:
    """Pack files into a zip.

    Parameters
    ----------
    files : content by name
    executable : names of those that are run
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            archive.writestr(entry, files[name])
    return stream.getvalue()
