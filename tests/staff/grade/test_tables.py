"""The tables that grading names are those of nbgrader's own schema."""

import pytest
from sqlalchemy import create_engine, inspect

from classroom.staff.grade.tables import Tables
from classroom.staff.nbgrader_import import import_nbgrader


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('gradebook')}/gradebook.db"
    import_nbgrader().Gradebook(url, "small").close()
    engine = create_engine(url)
    yield inspect(engine)
    engine.dispose()


@pytest.mark.parametrize("name", sorted(vars(Tables())))
def test_a_table_and_its_columns_are_nbgraders(schema, name):
    table = getattr(Tables(), name)
    assert set(table.c.keys()) <= {column["name"] for column in schema.get_columns(table.name)}
