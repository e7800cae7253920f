"""An installed package becomes a wheel again: its files and a record; what a browser cannot run is refused."""

import base64
import hashlib
import io
import zipfile

import pytest

from classroom.fault import Fault
from classroom.staff.lite.repacked import repacked


def test_a_wheel_holds_the_packages_files_and_a_record_of_each():
    wheel = repacked("comm")
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    (record,) = (name for name in files if name.endswith(".dist-info/RECORD"))
    rows = dict(line.split(",", 1) for line in files[record].decode().splitlines())
    assert set(rows) == set(files) and "comm/__init__.py" in files
    digest = base64.urlsafe_b64encode(hashlib.sha256(files["comm/__init__.py"]).digest()).rstrip(b"=").decode()
    assert rows["comm/__init__.py"] == f"sha256={digest},{len(files['comm/__init__.py'])}"
    assert wheel.file_name.startswith("comm-") and wheel.file_name.endswith("-py3-none-any.whl")
    assert wheel.imports == ("comm",) and wheel.content == repacked("comm").content


def test_a_package_with_compiled_parts_is_refused():
    with pytest.raises(Fault, match="numpy is not of pure Python"):
        repacked("numpy")


def test_a_package_that_is_missing_is_told():
    with pytest.raises(Fault, match="no-such-package is missing"):
        repacked("no-such-package")
