import numpy as np
import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelurahan.models import Assessment, Change, ChangeSet, Event
from kelurahan.models.copying import copy_in, copy_out
from kelurahan.models.records import read_records
from kelurahan.rules.regulation import FIELDS, State
from tests.actions.cities import ALFA, BEST, RULES, WORST, make_city, put

pytestmark = pytest.mark.django_db


@given(st.lists(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3), max_size=20))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_matrix_comes_back_as_it_went_in(db, rows):
    matrix = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE angka (a bigint, b bigint, c bigint) ON COMMIT DROP")
        copy_in(cursor.cursor, "angka", matrix)
        back = copy_out(cursor.cursor, "SELECT a, b, c FROM angka", (), 3)
        cursor.execute("DROP TABLE angka")
    assert sorted(back.tolist()) == sorted(matrix.tolist())


def test_a_record_keeps_six_decimals_and_its_states():
    make_city()
    put(ALFA, "", 2025, WORST | {"1b": "0.004282", "3b": None, "4a": "tb"})
    area = Assessment.objects.get().area_id
    stored = read_records(area_ids=[area], years=[2025], rule_set=RULES)
    at = {field: i for i, field in enumerate(FIELDS)}
    assert stored.values[0, at["1b"]] == 4282
    assert stored.states[0, at["3b"]] == State.EMPTY
    assert stored.states[0, at["4a"]] == State.NOT_APPLICABLE
    assert stored.states[0, at["4d"]] == State.EMPTY


def test_each_write_leaves_the_record_before_and_after():
    make_city()
    put(ALFA, "", 2025, WORST)
    put(ALFA, "", 2025, BEST)
    first, second = Change.objects.order_by("pk")
    assert (first.lama, first.versi) == (None, 1)
    assert (second.lama, second.versi) == (first.baru, 2)
    assert Assessment.objects.get().versi == 2


@pytest.mark.parametrize("model", [Change, ChangeSet, Event])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET id = id + 1000"])
def test_history_can_be_neither_changed_nor_deleted(model, statement):
    make_city()
    put(ALFA, "", 2025, WORST)
    with (
        pytest.raises(InternalError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))
    assert model.objects.exists()


@pytest.mark.parametrize("number", ["-1", "10000000000", "NaN"])
def test_the_database_refuses_impossible_numbers(number):
    make_city()
    put(ALFA, "", 2025, WORST)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE kelurahan_assessment SET d_luas = %s::numeric", [number])
    assert Assessment.objects.get().d_luas == 2
