"""Headers mean one field or none: every word counts, and nothing is taken for what it only resembles."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kelurahan.intake.units import factor, read_unit, unit_named
from kelurahan.intake.vocabulary import PLACE_HEADERS, TAKEN, VALUE_HEADERS, Vocabulary, is_result, match_header, plain
from kelurahan.intake.vocabulary.catalogue import CERTAIN, catalogue
from kelurahan.rules.regulation import FIELDS, KRITERIA
from tests.intake.header_examples import EXAMPLES

VOCABULARY = Vocabulary()
PLAIN = [example for example in EXAMPLES if example[2]]
QUALIFIERS = ["bukan", "non", "tanpa", "target", "rasio", "laju pertumbuhan", "rata-rata", "proyeksi", "kecuali"]


def best(parts, jenis=None, vocabulary=VOCABULARY):
    found = vocabulary.candidates(parts, jenis)
    return found[0] if found else None


def taken(parts, jenis=None, vocabulary=VOCABULARY):
    found = best(parts, jenis, vocabulary)
    return found.field if found and found.confidence >= TAKEN else None


@pytest.mark.parametrize(("jenis", "parts", "field"), EXAMPLES, ids=lambda value: str(value))
def test_headers_of_offices(jenis, parts, field):
    assert taken(parts, jenis) == field


def test_there_are_enough_examples():
    assert len(EXAMPLES) >= 250
    assert {field for _, _, field in EXAMPLES if field} >= {*FIELDS, *PLACE_HEADERS, "rw"}


@pytest.mark.parametrize(("field", "header"), [*PLACE_HEADERS.items(), *VALUE_HEADERS.items()])
@pytest.mark.parametrize("jenis", [None, "penilaian"])
def test_template_headers_are_certain(field, header, jenis):
    for text in (header, header.upper(), header.replace(" ", "\n "), header.replace(" ", "_")):
        found = best([text], jenis)
        assert (found.field, found.confidence) == (field, 1.0)


def test_template_headers_of_one_field_match_no_other():
    for field, header in VALUE_HEADERS.items():
        others = [found.field for found in VOCABULARY.candidates([header], "penilaian") if found.confidence >= TAKEN]
        assert others == [field]


def test_no_sure_wording_means_two_things():
    """The wordings of one field are not sure wordings of another one of the same kind, in the same unit."""
    sure: dict[object, str] = {}
    for phrase in catalogue().phrases:
        meaning = phrase.meaning
        if phrase.confidence < CERTAIN or meaning.counted:
            continue
        kind = meaning.satuan.kind if phrase.with_unit else ""
        key = (meaning.group, phrase.words, kind)
        assert sure.setdefault(key, meaning.field) == meaning.field, sorted(phrase.words)


def camel(text):
    words = re.findall(r"[^\W_]+", text)
    return words[0].lower() + "".join(word.capitalize() for word in words[1:])


def snake(text):
    return "_".join(re.findall(r"[^\W_]+", text)).lower()


@given(
    st.sampled_from(PLAIN),
    st.sampled_from(
        [str.upper, str.lower, str.title, lambda t: t.replace(" ", "  "), lambda t: f" {t}\n", lambda t: t + "."]
    ),
)  # fmt: skip
def test_case_and_spacing_change_nothing(example, change):
    jenis, parts, field = example
    assert taken([change(part) for part in parts], jenis) == field


@given(st.sampled_from([e for e in PLAIN if all(re.fullmatch(r"[A-Za-z ]+", part) for part in e[1])]), st.booleans())
def test_camel_and_snake_case_change_nothing(example, with_camel):
    jenis, parts, field = example
    assert taken([(camel if with_camel else snake)(part) for part in parts], jenis) == field


@given(st.sampled_from([e for e in PLAIN if e[2][:2] not in {"p:", "n:"}]), st.sampled_from(QUALIFIERS))
def test_a_qualifier_is_never_overlooked(example, qualifier):
    jenis, parts, field = example
    assume(qualifier not in plain(parts[-1]))
    found = taken([*parts[:-1], f"{qualifier} {parts[-1]}"], jenis)
    assert found != field


@given(st.lists(st.text(max_size=80), max_size=4), st.sampled_from([None, "penilaian", "indikator"]))
def test_any_text_is_read_without_harm(parts, jenis):
    found = VOCABULARY.candidates(parts, jenis)
    assert all(0.35 <= candidate.confidence <= 1 and candidate.factor > 0 for candidate in found)
    assert [c.confidence for c in found] == sorted((c.confidence for c in found), reverse=True)


@pytest.mark.parametrize(
    ("header", "jenis", "field", "unit", "scale"),
    [
        ("Luas (km²)", "penilaian", "luas", "km2", 100),
        ("Luas (m2)", "penilaian", "luas", "m2", Fraction(1, 10_000)),
        ("Luas Wilayah (Ha)", "indikator", "i:luas_wilayah", "ha", Fraction(1, 100)),
        ("Luas Kumuh (m²)", "indikator", "i:luas_kumuh", "m2", Fraction(1, 10_000)),
        ("Panjang Jalan Ideal (km)", "penilaian", "jalan", "km", 1000),
        ("Panjang Jalan (km)", "indikator", "i:panjang_jalan", "km", 1000),
        ("Penduduk (ribu jiwa)", "indikator", "i:penduduk", "ribu jiwa", 1000),
        ("Penduduk (ribuan)", "indikator", "i:penduduk", "ribuan", 1000),
        ("Kepadatan (jiwa/ha)", "indikator", "i:kepadatan", "jiwa/ha", 100),
        ("Pagu Indikatif (juta rupiah)", "indikator", "i:pagu_indikatif", "juta rupiah", 10**6),
        ("penduduk_jiwa", "indikator", "i:penduduk", "jiwa", 1),
    ],
)
def test_units_are_brought_to_ours_exactly(header, jenis, field, unit, scale):
    found = best([header], jenis)
    assert (found.field, found.unit, found.factor) == (field, unit, scale)


@pytest.mark.parametrize(
    ("header", "field", "unit"),
    [
        ("4a Ketidakmampuan mengalirkan limpasan air (m)", "4a", "m"),
        ("PROTEKSI KEBAKARAN-Ketidaktersediaan Prasarana Proteksi Kebakaran (KK)-KEBUTUHAN", "7a", "KK"),
        ("Luas (m)", "luas", "m"),
        ("Jumlah Penduduk (KK)", "jiwa", "KK"),
    ],
)
def test_another_unit_is_proposed_with_its_name(header, field, unit):
    found = best([header], "penilaian")
    assert (found.field, found.unit, found.why) == (field, unit, "unit")
    assert found.confidence < TAKEN


@pytest.mark.parametrize(
    ("parts", "year"),
    [
        (["Penduduk 2023"], 2023),
        (["Jumlah Penduduk", "2022"], 2022),
        (["Penduduk", "Th. 2022"], 2022),
        (["Tahun 2021", "Penduduk (jiwa)"], 2021),
        (["Jumlah Penduduk per 31 Desember 2023"], 2023),
        (["Jumlah Penduduk"], None),
    ],
)
def test_the_year_in_a_header(parts, year):
    found = best(parts, "indikator")
    assert (found.field, found.year) == ("i:penduduk", year)
    assert VOCABULARY.year_of(parts) == year


def test_a_year_alone_is_no_field():
    assert VOCABULARY.candidates(["Tahun 2021 (jiwa)"]) == []
    assert VOCABULARY.year_of(["Tahun 2021 (jiwa)"]) == 2021
    assert VOCABULARY.year_of(["Penduduk 2019-2023"]) is None


def test_the_kind_of_table_decides_between_denominator_and_indicator():
    assert taken(["Jumlah KK"], "penilaian") == "kk"
    assert taken(["Jumlah KK"], "indikator") == "i:kk"
    assert [found.field for found in VOCABULARY.candidates(["Jumlah KK"])] == ["kk", "i:kk"]


def test_a_bare_rt_is_left_to_the_values():
    fields = {found.field: found for found in VOCABULARY.candidates(["Wilayah", "RT"])}
    assert fields.keys() == {"rt", "i:jumlah_rt"}
    assert {found.why for found in fields.values()} == {"values"}


def test_need_is_the_volume_of_a_pair_and_the_other_is_only_proposed():
    head = "AIR MINUM-Ketidaktersediaan Akses Aman Air Minum (KK)-"
    need, other = best([head + "KEBUTUHAN"], "penilaian"), best([head + "NUMERIK"], "penilaian")
    assert (need.field, need.confidence, need.why) == ("3a", TAKEN, "pair")
    assert (other.field, other.why) == ("3a", "pair")
    assert other.confidence < TAKEN


def test_condition_before_and_after_is_told():
    assert best(["KONDISI AWAL", "1a", "Volume"], "penilaian").kondisi == "awal"
    assert best(["KONDISI AKHIR", "1a", "Volume"], "penilaian").kondisi == "akhir"
    assert taken(["KONDISI AKHIR", "Luas kumuh (ha)"], "indikator") is None


@pytest.mark.parametrize("text", ["Total Nilai", "1a (%)", "Nilai 2b", "Tingkat Kekumuhan", "Rata-rata", "1r"])
def test_results_are_known(text):
    assert is_result([text])


@pytest.mark.parametrize("text", ["1a", "Jumlah Penduduk", "Luas (ha)", "Xyz"])
def test_data_are_no_results(text):
    assert not is_result([text])


def test_the_sure_field_of_an_assessment():
    assert match_header("jumlahkk") == ("kk", 0.9)
    assert match_header("Tahun") == ("tahun", 1.0)
    assert match_header("RTLH") == (None, 0.0)
    assert match_header("Wilayah") == (None, 0.0)


def test_whole_numbers():
    assert VOCABULARY.counts("kk")
    assert VOCABULARY.counts("i:penduduk")
    assert not VOCABULARY.counts("i:luas_kumuh")
    assert not VOCABULARY.counts("1b")


def test_one_misspelt_word_is_forgiven_with_doubt():
    found = best(["Jumlah Penduduuk"], "indikator")
    assert (found.field, found.why) == ("i:penduduk", "typo")
    assert TAKEN <= found.confidence < 0.8
    assert taken(["Jumalh Penduduk"], "indikator") == "i:penduduk"
    assert taken(["Jumlah Kepala Keluraga"], "indikator") == "i:kk"
    assert taken(["Luas Kumuuh (Ha)"], "indikator") == "i:luas_kumuh"
    assert taken(["Jumlh Pendudukk Miskinn"], "indikator") is None
    assert taken(["Jumlah RTT"], "indikator") is None
    assert taken(["Pemilik"], "indikator") is None


def test_a_strange_head_above_is_only_proposed():
    found = best(["Korban bencana", "Jumlah KK"], "indikator")
    assert (found.field, found.why) == ("i:kk", "head")
    assert found.confidence < TAKEN


def test_indicators_of_the_database_are_words_too():
    rows = [
        {"kode": "taman-baca", "nama": "Taman bacaan", "satuan": "unit", "alias": "pojok baca|perpustakaan warga"},
        {"kode": "kk", "nama": "Jumlah KK", "satuan": "KK", "alias": ["jumlah kepala rumah"]},
        {"kode": "angka-x", "nama": "Angka melek huruf", "satuan": "%", "alias": []},
    ]
    own = Vocabulary(rows, "permen-14-2018")
    assert taken(["Taman Bacaan (unit)"], "indikator", own) == "i:taman-baca"
    assert taken(["Pojok Baca"], "indikator", own) == "i:taman-baca"
    assert taken(["Jml. Kepala Rumah"], "indikator", own) == "i:kk"
    assert taken(["Angka Melek Huruf (%)"], "indikator", own) == "i:angka-x"
    assert taken(["Taman Bacaan"], "indikator") is None
    assert own.counts("i:kk")


def test_codes_of_both_rule_sets_are_known():
    for kode in KRITERIA:
        assert taken([kode]) == kode
        assert taken([f"{kode}p"]) == f"p:{kode}"
        assert taken([f"{kode}n"]) == f"n:{kode}"


def test_a_code_and_other_words_are_both_proposed():
    found = VOCABULARY.candidates(["4c Tidak terhubung dengan sistem drainase perkotaan"], "penilaian")
    assert {candidate.field for candidate in found} == {"4c", "4d"}
    assert all(candidate.why == "code" and candidate.confidence < TAKEN for candidate in found)


def test_long_headers_are_cut():
    assert VOCABULARY.candidates(["x" * 100_000]) == []


# --- units ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "satuan", "expected"),
    [
        ("ha", "ha", 1), ("km2", "ha", 100), ("m2", "km²", Fraction(1, 10**6)), ("km", "m", 1000), ("orang", "jiwa", 1),
        ("orang", "anak", 1), ("balita", "anak", 1), ("anak", "jiwa", None), ("KK", "jiwa", None), ("m", "ha", None),
        ("unit", "RT", 1), ("rt", "unit", None), ("rt", "RT", 1), ("juta rp", "rupiah", 10**6), ("persen", "%", 1),
        ("jiwa/ha", "jiwa/km²", 100), ("ribu", "jiwa", 1000), ("buah", "usaha", 1), ("rumah", "RT", None),
    ],
)  # fmt: skip
def test_factors_between_units(words, satuan, expected):
    assert factor(read_unit(words.casefold().split()), unit_named(satuan)) == expected


def test_what_is_no_unit():
    assert read_unit(["kumuh"]) is None
    assert read_unit(["jiwa", "kk"]) is None
    assert read_unit([]) is None
    assert unit_named("kejadian").kind == "kejadian"
