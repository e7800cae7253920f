"""The learning system is recognised by the names in its archive."""

import zipfile

import pytest
from archives import EXTRAS, SYSTEMS, make_zip, names_of
from handed_in import answered_with, submitted

from classroom.staff.collect.collection import collect
from classroom.staff.records.dates import Dates

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("unpacked", [False, True])
def test_each_systems_archive_is_recognised_by_itself(course, tmp_path, system, unpacked):
    dates = Dates.of(course)
    dates.set_zone("Europe/Berlin")
    dates.save()
    names = names_of(system, "small")
    works = dict(zip(names, "ab", strict=True))
    files = {name: answered_with(letter) for name, letter in works.items()} | EXTRAS.get(system, {})
    source = make_zip(tmp_path / "in.zip", files)
    if unpacked:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(tmp_path / "unpacked")
        source = tmp_path / "unpacked"
    outcome = collect(course, "small", source)
    assert outcome.system == system.split()[0]
    assert (outcome.fresh, outcome.refused, outcome.unknown) == (2, {}, {})
    assert len(outcome.became) == len(files)
    for name, (student, time) in names.items():
        assert submitted(course, student) == (answered_with(works[name]), time)
