"""What is remembered about layouts of sheets: corrected, forgotten, told in the history."""

import pytest
from django.core.exceptions import PermissionDenied

from kelurahan.actions import memories
from kelurahan.intake.refusal import Refused
from kelurahan.models import Area, Event, Role, SheetMemory, User
from tests.factories import make_city, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def places() -> dict[str, Area]:
    return make_city()


@pytest.fixture
def owner(places: dict[str, Area]) -> User:
    return make_user(Role.OPERATOR, places["Melati"])


def remember(owner: User | None, layout: str = "a" * 64, **known: dict[str, str]) -> SheetMemory:
    columns = known.get("columns", {"luas": "luas", "catatan": ""})
    return SheetMemory.objects.create(
        layout=layout,
        oleh=owner,
        oleh_nama="x",
        judul=["Luas"],
        columns=columns,
        names=known.get("names", {"mawar": "-"}),
    )


def test_one_thing_changed_and_one_forgotten(owner: User, places: dict[str, Area]) -> None:
    memory = remember(owner)
    names = {"mawar": places["Mawar"].kode}
    assert memories.correct_memory(memory=memory, columns={"luas": "bgn", "catatan": None}, names=names, by=owner)
    memory.refresh_from_db()
    assert (memory.columns, memory.names) == ({"luas": "bgn"}, names)
    event = Event.objects.get(jenis=memories.CORRECTED)
    assert event.isi["lama"] == {"kolom": {"luas": "luas", "catatan": ""}, "nama": {"mawar": "-"}}
    assert event.isi["baru"] == {"kolom": {"luas": "bgn"}, "nama": names}


def test_what_nobody_knows_is_left_as_it_was(owner: User) -> None:
    memory = remember(owner)
    odd = {"lain": "luas"}
    assert not memories.correct_memory(memory=memory, columns=odd, names={"mawar": "00.00", "x": "-"}, by=owner)
    assert not Event.objects.exists()


def test_with_the_last_thing_all_is_forgotten(owner: User) -> None:
    memory = remember(owner)
    nothing = {"columns": {"luas": None, "catatan": None}, "names": {"mawar": None}}
    assert memories.correct_memory(memory=memory, by=owner, **nothing)
    assert not SheetMemory.objects.exists()
    assert Event.objects.get().jenis == memories.FORGOTTEN


def test_forgetting(owner: User) -> None:
    memories.forget_memory(memory=remember(owner), by=owner)
    assert not SheetMemory.objects.exists()
    event = Event.objects.get(jenis=memories.FORGOTTEN)
    assert (event.oleh_nama, event.isi["lama"]["nama"]) == (owner.username, {"mawar": "-"})


def test_only_the_owner_and_admins(owner: User) -> None:
    memory = remember(owner)
    for other in (make_user(Role.BAPPEDA), make_user(Role.OPERATOR), make_user(Role.CAMAT)):
        with pytest.raises(PermissionDenied):
            memories.forget_memory(memory=memory, by=other)
        with pytest.raises(PermissionDenied):
            memories.correct_memory(memory=memory, columns={"luas": None}, names={}, by=other)
    memories.forget_memory(memory=memory, by=make_user(Role.ADMIN))


@pytest.mark.parametrize("field", ["zzz", "i:tidak_ada", "p:9z", "i:"])
def test_a_field_that_nobody_knows_is_refused(owner: User, field: str) -> None:
    memory = remember(owner)
    with pytest.raises(Refused):
        memories.correct_memory(memory=memory, columns={"luas": field}, names={}, by=owner)
    memory.refresh_from_db()
    assert memory.columns["luas"] == "luas"


def test_two_columns_of_one_field_are_refused(owner: User) -> None:
    memory = remember(owner, columns={"luas": "luas", "catatan": "bgn"})
    with pytest.raises(Refused):
        memories.correct_memory(memory=memory, columns={"catatan": "luas"}, names={}, by=owner)


def test_of_several_the_own_one_else_the_newest(owner: User) -> None:
    other = make_user(Role.BAPPEDA)
    remember(owner, columns={"luas": "luas"})
    remember(other, columns={"luas": "bgn"})
    remember(None, columns={"luas": "kk"})
    of = [memories.memory_for(who)["a" * 64] for who in (owner, other, make_user(), None)]
    assert [known.get("columns", {}).get("luas") for known in of] == ["luas", "bgn", None, None]
    assert [known.get("offered_columns", {}).get("luas") for known in of] == [None, None, "kk", "kk"]
