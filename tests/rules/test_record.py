"""One record as typed: exactly what the number reader says, and what the checks say about it in a form's words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelurahan.rules.checks import CHECKS
from kelurahan.rules.findings import Level
from kelurahan.rules.numbers import LIMIT, MICRO, format_number, read_number, to_micro
from kelurahan.rules.record import MESSAGES, check_record, field_label, field_text, read_record, record_fields, words
from kelurahan.rules.regulation import FIELDS, RULE_SETS, State

NEW, OLD = RULE_SETS["permen-14-2018"], RULE_SETS["permen-02-2016"]

numbers = st.integers(0, int(LIMIT) * MICRO - 1).map(lambda micro: Decimal(micro) / MICRO)
texts = st.one_of(
    st.text(max_size=12),
    st.text("0123456789.,-− \u00a0", max_size=12),
    st.sampled_from(["", "-", "n/a", "tb", "tidak berlaku", "kosong", "Belum dinilai", "1.250", "1.250,5", "0.35"]),
    numbers.map(format_number),
    numbers.map(str),
)


def findings(rules=NEW, **typed):
    record = read_record({name.removeprefix("v"): text for name, text in typed.items()}, rules)
    return check_record(record.values, record.states, rules, record.read, record.texts)


@given(st.sampled_from(FIELDS), texts)
def test_a_field_holds_exactly_what_the_reader_says(field, text):
    record = read_record({field: text}, OLD)
    said, i = read_number(text), FIELDS.index(field)
    assert record.states[i] == said.state
    if said.state == State.FILLED:
        assert record.values[i] == to_micro(said.value)
    others = [j for j in range(len(FIELDS)) if j != i]
    assert (record.states[others] == State.EMPTY).all()


@given(st.integers(0, int(LIMIT) * MICRO - 1))
def test_a_stored_number_survives_the_form(micro):
    record = read_record({"luas": field_text(micro, State.FILLED)}, NEW)
    assert (record.values[0], record.states[0]) == (micro, State.FILLED)


@pytest.mark.parametrize("state", [State.EMPTY, State.NOT_APPLICABLE])
def test_the_other_states_survive_the_form(state):
    assert read_record({"luas": field_text(0, state)}, NEW).states[0] == state


@given(st.dictionaries(st.sampled_from(FIELDS), texts))
def test_whatever_is_typed_there_are_words_for_it(typed):
    record = read_record(typed, NEW)
    for finding in check_record(record.values, record.states, NEW, record.read, record.texts):
        assert words(finding)
        assert finding.field in record_fields(NEW)


def test_the_fields_of_each_rule_set():
    assert len(record_fields(NEW)) == 22
    assert record_fields(OLD) == FIELDS


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"bgn": "-5"}, ("bgn", Level.GALAT, "negative")),
        ({"bgn": "lima"}, ("bgn", Level.GALAT, "not_a_number")),
        ({"luas": "1,250.5"}, ("luas", Level.GALAT, "other_number_style")),
        ({"luas": "99999999999"}, ("luas", Level.GALAT, "number_too_large")),
        ({"luas": "0,1234567"}, ("luas", Level.INFO, "too_many_decimals")),
        ({"bgn": "0", "v1a": "3"}, ("1a", Level.GALAT, "volume_over_zero")),
        ({"bgn": "10", "v1a": "12"}, ("1a", Level.PERINGATAN, "over_100_percent")),
        ({"v3a": "12"}, ("kk", Level.PERINGATAN, "missing_penyebut")),
        ({"jiwa": "3", "kk": "5"}, ("jiwa", Level.PERINGATAN, "fewer_people_than_households")),
        ({"kk": "2,5"}, ("kk", Level.PERINGATAN, "not_a_whole_number")),
        ({"luas": "3500", "jiwa": "20"}, ("luas", Level.PERINGATAN, "area_lost_its_decimals")),
    ],
)
def test_every_finding_stands_at_its_field(typed, expected):
    assert expected in [(f.field, f.level, f.code) for f in findings(**typed)]


def test_a_whole_and_right_record_has_no_finding():
    assert findings(luas="1.250,5", bgn="100", jiwa="5000", kk="90", jalan="tb", v1a="0", v3a="12,0") == []


def test_words_name_numbers_and_need_no_cell():
    (finding,) = findings(bgn="10", v1a="12")
    assert words(finding) == "Mencapai 120,00 %: melebihi Jumlah bangunan (10). Periksa salah satunya."
    assert field_label("kk") == "Jumlah KK"
    assert field_label("3b") == "3b Tidak terpenuhinya kebutuhan air minum"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1.250", "Luas 1.250 ha lebih besar dari luas resmi kelurahan, 468 ha; jika maksudnya 1,25, tulis 1,25."),
        ("700", "Luas 700 ha lebih besar dari luas resmi kelurahan, 468 ha. Periksa koma desimalnya."),
        ("1,25", None),
    ],
)
def test_a_place_larger_than_its_kelurahan(text, said):
    record = read_record({"luas": text}, NEW)
    found = check_record(record.values, record.states, NEW, record.read, record.texts, 468 * MICRO)
    assert [words(f) for f in found if f.field == "luas"] == ([said] if said else [])


def test_arrays_without_texts_are_held_to_the_same():
    record = read_record({}, NEW)
    record.states[0], record.states[1], record.states[2] = State.INVALID, State.FILLED, State.FILLED
    record.values[1], record.values[2] = -1, int(LIMIT) * MICRO
    codes = {f.field: f.code for f in check_record(record.values, record.states, NEW) if f.level is Level.GALAT}
    assert codes == {"luas": "not_a_number", "bgn": "negative", "jiwa": "number_too_large"}


def test_messages_are_only_for_what_checks_say():
    assert CHECKS
    assert set(MESSAGES) >= {"negative", "volume_over_zero", "over_100_percent"}
