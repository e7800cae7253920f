"""The lock of a site names every package with its sha256, and a folder that is not Pyodide's release is refused."""

import base64
import hashlib

import pytest

from classroom.fault import Fault
from classroom.staff.lite import pyodide
from classroom.staff.lite.pyodide import CDN, CORE, Wheel, copy_pyodide, official_lock, site_lock

WHEEL = Wheel("layerwise", "layerwise-0.1.0-py3-none-any.whl", b"a wheel", ("classroom",), ("numpy", "matplotlib"))


def test_every_package_of_the_site_has_a_sha256_and_what_it_needs_is_there():
    packages = site_lock([WHEEL])["packages"]
    assert all(len(package["sha256"]) == 64 for package in packages.values())
    for package in packages.values():
        assert {name.replace("_", "-") for name in package["depends"]} <= set(packages)
    assert {"numpy", "matplotlib", "ipython", "micropip", "layerwise"} <= set(packages)


def test_pyodides_packages_come_from_its_own_network_and_the_course_from_the_lock_itself():
    packages = site_lock([WHEEL], CDN)["packages"]
    assert packages["numpy"]["file_name"].startswith(CDN) and packages["numpy"]["file_name"].endswith(".whl")
    address = packages["layerwise"]["file_name"]
    assert address.startswith("data:") and address.endswith("#/layerwise-0.1.0-py3-none-any.whl")
    assert base64.b64decode(address.split(",")[1].split("#")[0]) == b"a wheel"
    assert packages["layerwise"]["imports"] == ["classroom"] and packages["layerwise"]["version"] == "0.1.0"


def test_beside_pyodide_addresses_are_plain_names():
    assert all("/" not in package["file_name"] for package in site_lock([])["packages"].values())
    assert "layerwise" not in official_lock()["packages"]


@pytest.fixture
def release(tmp_path, monkeypatch):
    """A release of two packages."""
    lock = {"packages": {name: _package(name) for name in ("numpy", "six")}}
    monkeypatch.setattr(pyodide, "official_lock", lambda: lock)
    folder = tmp_path / "release"
    folder.mkdir()
    for name in (*CORE, "numpy.whl", "six.whl"):
        (folder / name).write_bytes(name.encode())
    return folder


def _package(name):
    return {"file_name": f"{name}.whl", "sha256": hashlib.sha256(f"{name}.whl".encode()).hexdigest()}


def test_a_release_is_copied_with_nothing_else(release, tmp_path):
    (release / "pandas.whl").touch()
    copy_pyodide(release, tmp_path / "site")
    assert {path.name for path in (tmp_path / "site").iterdir()} == {*CORE, "numpy.whl", "six.whl"}


def test_a_package_that_is_another_one_is_refused(release, tmp_path):
    (release / "six.whl").write_bytes(b"changed")
    with pytest.raises(Fault, match=r"six\.whl is not the file of Pyodide .*: its sha256 is \w+, needs \w+"):
        copy_pyodide(release, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_folder_without_the_packages_is_refused(release, tmp_path):
    (release / "six.whl").unlink()
    (release / CORE[0]).unlink()
    with pytest.raises(Fault, match=r"holds no pyodide\.js and 1 more: it has to be the unpacked release"):
        copy_pyodide(release, tmp_path / "site")
