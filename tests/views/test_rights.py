"""Every address × every role × own and foreign area, compared with one table. An address that is missing here fails."""

import io
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kelurahan.actions import uploads
from kelurahan.models import (
    Area,
    ChangeSet,
    Indicator,
    IndicatorValue,
    MapDrawing,
    Role,
    SheetMemory,
    Upload,
    UploadState,
    User,
)
from kelurahan.permissions import PUBLIK, ROLES
from kelurahan.rules.regulation import DEFAULT_RULE_SET
from tests.factories import make_city, make_drawing, make_user
from tests.filled import columns_of, fill, make_kawasan, make_rt, run_jobs, saved, summarise, template_book

pytestmark = pytest.mark.django_db

LOGIN, GO = "login", "go"  # sent to log in; sent elsewhere on this site
WRITERS = (Role.OPERATOR, Role.BAPPEDA, Role.ADMIN)
CITY_WRITERS = (Role.BAPPEDA, Role.ADMIN)


def everyone(outcome: Any) -> dict[str, Any]:
    return dict.fromkeys(ROLES, outcome)


def staff(outcome: Any) -> dict[str, Any]:
    return {**everyone(outcome), PUBLIK: LOGIN}


def only(outcome: Any, *roles: Role, **others: Any) -> dict[str, Any]:
    """These roles get `outcome`, other people 403, strangers are asked to log in; `others` by name of the role."""
    return {**everyone(403), PUBLIK: LOGIN, **dict.fromkeys(roles, outcome), **others}


def at_home(outcome: Any) -> dict[str, Any]:
    """The whole staff but those whose work ends at an area that this is not."""
    return {**staff(outcome), Role.OPERATOR: 403, Role.CAMAT: 403}


@dataclass(frozen=True)
class Ask:
    """One request and what each role must get for it. {own} and {foreign} in the address are filled in per role."""

    url: str
    expected: dict[str, Any]
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)


def on_uploads(tail: str, own: Any, *, foreign_bappeda: Any, foreign_admin: Any, **asked: Any) -> list[Ask]:
    """One's own upload and somebody else's, which an operator must not even know of."""
    foreign = only(404, Role.OPERATOR, bappeda=foreign_bappeda, admin=foreign_admin)
    return [
        Ask(f"/unggah/{{own_upload}}/{tail}", only(own, *WRITERS), **asked),
        Ask(f"/unggah/{{foreign_upload}}/{tail}", foreign, **asked),
    ]


POST = {"method": "post"}
TABLE: dict[str, list[Ask]] = {
    "home": [Ask("/", everyone(200))],
    "map-values": [Ask("/peta/nilai.json", everyone(200))],
    "map-geometry": [Ask("/peta/batas-{sidik}.json", everyone(200))],
    "map-csv": [Ask("/peta/nilai.csv", everyone(200))],
    "list": [Ask("/kelurahan/", everyone(200))],
    "profile": [
        Ask("/kelurahan/99.01/", everyone(200)),
        Ask("/kelurahan/99.01.01/", everyone(200)),
        Ask("/kelurahan/{own}/", everyone(200)),
        Ask("/kelurahan/{foreign}/", everyone(200)),
        Ask("/kelurahan/{own}/RT001-RW001/", staff(200)),
        Ask("/kelurahan/{foreign}/RT001-RW001/", staff(200)),
        Ask("/kelurahan/{own}/Tepi%20Air/", staff(200)),
    ],
    "uploads": [
        Ask("/unggah/", only(200, *WRITERS)),
        Ask("/unggah/", only(422, *WRITERS), **POST),
    ],
    "template": [
        Ask("/unggah/templat.xlsx", only(200, *WRITERS)),
        Ask("/unggah/templat.xlsx?tempat={foreign}", only(200, *WRITERS)),
    ],
    "upload": [
        *on_uploads("", 200, foreign_bappeda=200, foreign_admin=200),
        *on_uploads("", GO, foreign_bappeda=403, foreign_admin=GO, **POST),
    ],
    "upload-files": [
        *on_uploads("lembar/", 200, foreign_bappeda=200, foreign_admin=200),
        *on_uploads("lembar/", GO, foreign_bappeda=403, foreign_admin=GO, **POST),
    ],
    "upload-columns": [
        *on_uploads("kolom/", 200, foreign_bappeda=200, foreign_admin=200),
        *on_uploads("kolom/", 422, foreign_bappeda=403, foreign_admin=422, **POST),
    ],
    "upload-names": [
        *on_uploads("nilai/", 200, foreign_bappeda=200, foreign_admin=200),
        *on_uploads("nilai/", GO, foreign_bappeda=403, foreign_admin=GO, **POST),
    ],
    "upload-alias": [
        Ask("/unggah/{own_upload}/nilai/nama-lain/", only(405, *CITY_WRITERS)),
        Ask("/unggah/{own_upload}/nilai/nama-lain/", only(GO, *CITY_WRITERS), **POST),
        Ask("/unggah/{foreign_upload}/nilai/nama-lain/", only(GO, *CITY_WRITERS), **POST),
    ],
    "upload-check": on_uploads("periksa/", 200, foreign_bappeda=200, foreign_admin=200),
    "memories": [Ask("/unggah/ingatan/", only(200, *WRITERS))],
    "memory": [
        Ask("/unggah/ingatan/{own_memory}/", only(200, *WRITERS)),
        Ask("/unggah/ingatan/{foreign_memory}/", only(404, Role.OPERATOR, bappeda=200, admin=200)),
        Ask("/unggah/ingatan/{own_memory}/", only(GO, *WRITERS), **POST),
        Ask("/unggah/ingatan/{foreign_memory}/", only(404, Role.OPERATOR, bappeda=403, admin=GO), **POST),
    ],
    "memory-forget": [
        Ask("/unggah/ingatan/{own_memory}/hapus/", only(405, *WRITERS)),
        Ask("/unggah/ingatan/{own_memory}/hapus/", only(GO, *WRITERS), **POST),
        Ask("/unggah/ingatan/{foreign_memory}/hapus/", only(404, Role.OPERATOR, bappeda=403, admin=GO), **POST),
    ],
    "upload-progress": on_uploads("kemajuan/", GO, foreign_bappeda=GO, foreign_admin=GO),
    "upload-repairs": [
        *on_uploads("usul/", GO, foreign_bappeda=GO, foreign_admin=GO),
        *on_uploads("usul/", GO, foreign_bappeda=403, foreign_admin=GO, **POST),
    ],
    "upload-fix": [
        *on_uploads("sel/", GO, foreign_bappeda=GO, foreign_admin=GO),
        *on_uploads("sel/", GO, foreign_bappeda=403, foreign_admin=GO, **POST),
    ],
    "upload-read-cell": on_uploads("sel/dibaca/", 200, foreign_bappeda=200, foreign_admin=200),
    "upload-rejected-xlsx": on_uploads("tertolak.xlsx", 200, foreign_bappeda=404, foreign_admin=200),
    "upload-changes": [
        *on_uploads("perubahan/", 200, foreign_bappeda=200, foreign_admin=200),
        *on_uploads("perubahan/", 422, foreign_bappeda=403, foreign_admin=422, **POST),
    ],
    "upload-changes-xlsx": on_uploads("perubahan.xlsx", 200, foreign_bappeda=200, foreign_admin=200),
    "upload-findings-xlsx": on_uploads("temuan.xlsx", 200, foreign_bappeda=200, foreign_admin=200),
    "upload-undo": [
        *on_uploads("urungkan/", GO, foreign_bappeda=403, foreign_admin=GO),
        *on_uploads("urungkan/", GO, foreign_bappeda=403, foreign_admin=GO, **POST),
    ],
    "upload-cancel": [
        *on_uploads("batalkan/", 405, foreign_bappeda=405, foreign_admin=405)[:1],
        *on_uploads("batalkan/", GO, foreign_bappeda=403, foreign_admin=GO, **POST),
    ],
    "upload-file": on_uploads("berkas/", 200, foreign_bappeda=404, foreign_admin=200),
    "data": [Ask("/data/", staff(200)), Ask("/data/?kelurahan={foreign}", staff(200))],
    "data-new-rt": [
        Ask("/data/rt-baru/", only(200, *WRITERS)),
        Ask("/data/rt-baru/", only(422, *WRITERS), method="post", data={"kelurahan": "{own}", "rt": "x"}),
        Ask("/data/rt-baru/", only(GO, *WRITERS), method="post", data={"kelurahan": "{own}", "rt": "7/1"}),
        Ask("/data/rt-baru/", only(GO, *CITY_WRITERS), method="post", data={"kelurahan": "{foreign}", "rt": "7/1"}),
    ],
    "data-place": [
        Ask("/data/{own}/tempat/", only(200, *CITY_WRITERS)),
        Ask("/data/{foreign}/tempat/", only(200, *CITY_WRITERS)),
        Ask("/data/{foreign}/tempat/", only(422, *CITY_WRITERS), **POST),
    ],
    "record": [
        Ask("/data/{own}/RT001-RW001/2025/", staff(200)),
        Ask("/data/{own}/2025/", staff(200)),
        Ask("/data/{foreign}/RT001-RW001/2025/", at_home(200)),
        Ask("/data/{foreign}/RT099-RW099/2025/", at_home(404)),
        Ask("/data/{own}/RT001-RW001/2025/", only(422, *WRITERS), **POST),
        Ask("/data/{foreign}/RT001-RW001/2025/", only(422, *CITY_WRITERS), **POST),
    ],
    "record-score": [
        Ask("/data/{own}/RT001-RW001/2025/hitung/", staff(405)),
        Ask("/data/{own}/RT001-RW001/2025/hitung/", only(200, *WRITERS), **POST),
        Ask("/data/{foreign}/RT001-RW001/2025/hitung/", only(200, *CITY_WRITERS), **POST),
    ],
    "record-undo": [
        Ask("/data/{own}/RT001-RW001/2025/urungkan/", staff(405)),
        Ask("/data/{own}/RT001-RW001/2025/urungkan/", only(404, *WRITERS), **POST),
        Ask("/data/{foreign}/RT001-RW001/2025/urungkan/", only(404, *CITY_WRITERS), **POST),
    ],
    "indicators": [Ask("/indikator/", everyone(200)), Ask("/indikator/?cari=jiwa", everyone(200))],
    "indicator": [
        Ask("/indikator/penduduk/", everyone(200)),
        Ask("/indikator/penduduk/?tingkat=rt&tempat={foreign}", everyone(200)),
        Ask("/indikator/tidak-ada/", everyone(404)),
    ],
    "indicator-edit": [
        Ask("/indikator/penduduk/ubah/", only(200, *CITY_WRITERS)),
        Ask("/indikator/penduduk/ubah/", only(422, *CITY_WRITERS), **POST),
    ],
    "boundaries": [
        Ask("/batas/", only(200, Role.ADMIN)),
        Ask("/batas/", only(422, Role.ADMIN), method="post", data={"langkah": "periksa"}),
        Ask("/batas/", only(GO, Role.ADMIN), method="post", data={"langkah": "terapkan", "sumber": "x"}),
        Ask("/batas/", only(GO, Role.ADMIN), method="post", data={"langkah": "indikatif"}),
    ],
    "users": [Ask("/pengguna/", only(200, Role.ADMIN))],
    "user-new": [
        Ask("/pengguna/baru/", only(200, Role.ADMIN)),
        Ask("/pengguna/baru/", only(422, Role.ADMIN), **POST),
    ],
    "user": [
        Ask("/pengguna/{colleague}/", only(200, Role.ADMIN)),
        Ask("/pengguna/{colleague}/", only(422, Role.ADMIN), **POST),
    ],
    "user-switch": [
        Ask("/pengguna/{colleague}/aktif/", only(405, Role.ADMIN)),
        Ask("/pengguna/{colleague}/aktif/", only(GO, Role.ADMIN), **POST),
    ],
    "user-link": [
        Ask("/pengguna/{colleague}/tautan/", only(405, Role.ADMIN)),
        Ask("/pengguna/{colleague}/tautan/", only(200, Role.ADMIN), **POST),
    ],
    "user-unlock": [
        Ask("/pengguna/{colleague}/buka/", only(405, Role.ADMIN)),
        Ask("/pengguna/{colleague}/buka/", only(GO, Role.ADMIN), **POST),
    ],
    "password": [Ask("/sandi/", staff(200)), Ask("/sandi/", staff(422), **POST)],
    "password-link": [Ask("/sandi/tautan/{colleague}/palsu-palsu/", everyone(410))],
    "password-new": [Ask("/sandi/baru/", everyone(410)), Ask("/sandi/baru/", everyone(410), **POST)],
    "login": [Ask("/masuk/", {**everyone(GO), PUBLIK: 200}), Ask("/masuk/", {**everyone(GO), PUBLIK: 200}, **POST)],
    "logout": [Ask("/keluar/", everyone(GO), **POST), Ask("/keluar/", everyone(405))],
    "set_language": [Ask("/bahasa", everyone(GO), method="post", data={"language": "en"})],
    "healthz": [Ask("/healthz", everyone(200))],
    "readyz": [Ask("/readyz", everyone((200, 503)))],
}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            assert pattern.name, f"an address without a name: {pattern.pattern}"
            yield pattern.name


def test_every_address_stands_in_the_table() -> None:
    assert sorted(names(get_resolver().url_patterns)) == sorted(TABLE)


def test_the_table_asks_every_role() -> None:
    for name, ask in itertools.chain.from_iterable(((n, a) for a in asks) for n, asks in TABLE.items()):
        assert set(ask.expected) == set(ROLES), (name, ask.url)


@pytest.fixture
def places() -> dict[str, Area]:
    places = make_city()
    for nama in ("Melati", "Cempaka"):
        kawasan = make_kawasan(places[nama], "Tepi Air")
        fill(make_rt(places[nama], "RT001-RW001", kawasan), persen=60)
    summarise()
    indicator = Indicator.objects.create(kode="penduduk", nama="Jumlah penduduk", satuan="jiwa")
    IndicatorValue.objects.create(indicator=indicator, area=places["Melati"], tahun=2024, nilai=1250, sumber="BPS")
    make_drawing(places)
    for i, area in enumerate(places.values()):
        Area.objects.filter(pk=area.pk).update(lon=100.005 + i * 0.01, lat=-1.995)
    return places


def send(user: User, area: Area) -> Upload:
    """A checked upload about a place, ready to be applied, with one row that is held."""
    book = template_book(Area.objects.within(area))
    book.worksheets[0].cell(2, columns_of(book)["1a"]).value = 7
    book.worksheets[0].cell(3, columns_of(book)["1a"]).value = "tujuh"
    upload, _job = uploads.receive(
        chunks=[saved(book)], filename="data.xlsx", by=user, year=2025, rule_set=DEFAULT_RULE_SET
    )
    run_jobs()
    upload.refresh_from_db()
    assert upload.state == UploadState.SIAP
    return upload


def remember(user: User | None) -> SheetMemory:
    return SheetMemory.objects.create(layout="a" * 64, oleh=user, oleh_nama="x", columns={"luas": "luas"})


@pytest.fixture
def person(places: dict[str, Area]) -> Callable[[str], User | None]:
    def make(role: str) -> User | None:
        own = {Role.OPERATOR: places["Melati"], Role.CAMAT: places["Melati"].parent}
        return None if role == PUBLIK else make_user(Role(role), own.get(Role(role)))

    return make


def outcome(response: HttpResponse) -> Any:
    if response.status_code in (301, 302):
        return LOGIN if response["Location"].startswith("/masuk/?next=") else GO
    return response.status_code


def ask(user: User | None, wanted: Ask, url: str) -> Any:
    """What one request gives; whatever it wrote is taken back."""
    client = Client()
    if user:
        client.force_login(user)
    mark = transaction.savepoint()
    response = getattr(client, wanted.method)(url, wanted.data)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[attr-defined]
    transaction.savepoint_rollback(mark)
    return outcome(response)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(role: str, places: dict[str, Area], person: Callable[[str], Any]) -> None:
    user, colleague = person(role), make_user(Role.BAPPEDA)
    foreign = send(colleague, places["Cempaka"])
    own = send(user, places["Melati"]) if role in WRITERS else foreign
    words = {
        "own": places["Melati"].kode,
        "foreign": places["Cempaka"].kode,
        "own_upload": own.pk,
        "own_memory": remember(user).pk,
        "foreign_memory": remember(colleague).pk,
        "foreign_upload": foreign.pk,
        "colleague": colleague.pk,
        "sidik": MapDrawing.objects.get().sidik,
    }
    wrong = []
    for name, asks in TABLE.items():
        for wanted in asks:
            url, expected = wanted.url.format(**words), wanted.expected[role]
            data = {key: v.format(**words) if isinstance(v, str) else v for key, v in wanted.data.items()}
            got = ask(user, replace(wanted, data=data), url)
            if got not in (expected if isinstance(expected, tuple) else (expected,)):
                wrong.append(f"{name}: {wanted.method} {url} gives {role} {got}, not {expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "name", ["home", "map-values", "map-geometry", "map-csv", "list", "profile", "indicators", "indicator"]
)
def test_a_setting_closes_the_public_map(name: str, places: dict[str, Area], settings: Any) -> None:
    settings.PUBLIC_MAP = False
    words = {"own": places["Melati"].kode, "foreign": places["Cempaka"].kode, "sidik": MapDrawing.objects.get().sidik}
    for wanted in TABLE[name]:
        assert ask(None, wanted, wanted.url.format(**words)) == LOGIN


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CAMAT])
def test_without_an_area_a_scoped_role_writes_nowhere(role: Role, places: dict[str, Area]) -> None:
    user = make_user(role, None)
    for wanted in (*TABLE["uploads"], *TABLE["template"], *TABLE["data-new-rt"], *TABLE["record"]):
        url = wanted.url.format(own=places["Melati"].kode, foreign=places["Cempaka"].kode)
        assert ask(user, wanted, url) == 403


def test_a_person_who_was_switched_off_is_a_stranger(places: dict[str, Area]) -> None:
    user = make_user(Role.ADMIN, is_active=False)
    assert ask(user, TABLE["boundaries"][0], "/batas/") == LOGIN


def test_an_operator_cannot_write_a_foreign_area_by_any_file(
    places: dict[str, Area], person: Callable[[str], Any]
) -> None:
    """The right to upload ends at the own area: foreign rows are held, also when everything is ticked."""
    user = person(Role.OPERATOR)
    client = Client()
    client.force_login(user)
    book = template_book(Area.objects.within(places["Cempaka"]))
    book.worksheets[0].cell(2, columns_of(book)["1a"]).value = 7
    file = SimpleUploadedFile("data.xlsx", saved(book))
    client.post("/unggah/", {"berkas": file, "aturan": DEFAULT_RULE_SET})
    run_jobs()
    upload = Upload.objects.latest("pk")
    data = {"alasan": "x", "sidik": upload.sidik, "lewati": "on", "setuju_over_100_percent": "on"}
    client.post(f"/unggah/{upload.pk}/perubahan/", data)
    run_jobs()
    assert not ChangeSet.objects.exists()


def test_the_template_of_an_operator_never_names_foreign_places(
    places: dict[str, Area], person: Callable[[str], Any]
) -> None:
    client = Client()
    client.force_login(person(Role.OPERATOR))
    for url in ("/unggah/templat.xlsx", f"/unggah/templat.xlsx?tempat={places['Cempaka'].kode}"):
        book = template_book_of(client.get(url).content)
        told = json.dumps([[str(cell.value) for cell in row] for row in book.worksheets[0].iter_rows()])
        assert "Cempaka" not in told


def template_book_of(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))
