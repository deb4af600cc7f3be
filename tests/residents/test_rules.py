"""The arithmetic of the registers holds for whatever comes: numbers, ages, masks, words, stays."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gridgov.kit.masking import FORMATS, STAR, Kind, mask
from residents.enums import Sex
from residents.rules import identity, searching
from residents.rules.identity import ALPHABET, Fault, NumberRefused, check_digit
from residents.rules.merging import Spell, may_be_mistyped, undone_until, woven

from .people import NOWHERE

TODAY = date(2026, 9, 24)
BIRTHS = st.dates(date(1890, 1, 1), TODAY)
SERIES = st.integers(0, 999)


def number_of(born, series):
    first = f"{NOWHERE}{born:%Y%m%d}{series:03d}"
    return first + check_digit(first)


def fault_of(number):
    with pytest.raises(NumberRefused) as no:
        identity.identity(number, TODAY)
    return no.value.fault


# --- ID numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), Sex.FEMALE),
        ("410105195001010013", date(1950, 1, 1), Sex.MALE),
        ("410103198506152421", date(1985, 6, 15), Sex.FEMALE),
        ("410102201202290030", date(2012, 2, 29), Sex.MALE),
        ("１１０１０５１９４９１２３１００２ｘ", date(1949, 12, 31), Sex.FEMALE),
        (" 410105 19500101 0013 ", date(1950, 1, 1), Sex.MALE),
    ],
)
def test_the_numbers_of_the_standard_are_read(number, born, sex):
    found = identity.identity(number, TODAY)

    assert (found.birth_date, found.sex) == (born, sex)


@given(BIRTHS, SERIES)
def test_every_day_and_series_gives_a_number_that_says_them(born, series):
    found = identity.identity(number_of(born, series), TODAY)

    assert (found.birth_date, found.sex) == (born, Sex.MALE if series % 2 else Sex.FEMALE)
    assert found.division == NOWHERE


@given(BIRTHS, SERIES, st.integers(0, 16), st.integers(1, 9))
def test_no_single_digit_is_mistyped_unnoticed(born, series, place, by):
    number = number_of(born, series)
    wrong = str((int(number[place]) + by) % 10)

    assert fault_of(number[:place] + wrong + number[place + 1 :]) in (Fault.CHECK, Fault.BIRTH, Fault.FUTURE)


@given(BIRTHS, SERIES, st.sampled_from("0123456789X"))
def test_no_other_check_digit_fits(born, series, last):
    number = number_of(born, series)
    assume(last != number[17])

    assert fault_of(number[:17] + last) == Fault.CHECK


@given(BIRTHS, SERIES, st.integers(0, 16))
def test_no_two_neighbours_are_swapped_unnoticed(born, series, place):
    number = number_of(born, series)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assume(swapped != number)

    assert fault_of(swapped) in (Fault.CHECK, Fault.BIRTH, Fault.FUTURE, Fault.SIGNS)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("41010519500101001", Fault.LENGTH),
        ("4101051950010100133", Fault.LENGTH),
        ("410105500101001", Fault.LENGTH),  # of fifteen digits, no longer given
        ("41010519500101001A", Fault.SIGNS),
        ("4101051950X1010013", Fault.SIGNS),
        ("410105195002300013", Fault.BIRTH),
        ("410105201302290013", Fault.BIRTH),
        ("410105188912310013", Fault.BIRTH),
        ("410105202609250013", Fault.FUTURE),
        ("410105195001010014", Fault.CHECK),
    ],
)
def test_what_cannot_be_one_says_why(number, fault):
    assert fault_of(number) == fault


@given(st.text(max_size=24))
def test_anything_else_is_refused_and_nothing_breaks(text):
    try:
        found = identity.identity(text, TODAY)
    except NumberRefused:
        return
    assert len(found.number) == 18


# --- credit codes, phones ---------------------------------------------------------------------------------


def test_the_credit_code_of_the_standard_is_one():
    assert identity.is_credit_code("91350100M000100Y43")
    assert identity.is_credit_code("91350100m000100y43")


@given(st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_character_of_a_credit_code_is_mistyped_unnoticed(place, wrong):
    code = "91350100M000100Y43"
    assume(wrong != code[place])

    assert not identity.is_credit_code(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("text", ["", "91350100M000100Y4", "91350100I000100Y43", "91350100M000100Y430"])
def test_what_is_no_credit_code(text):
    assert not identity.is_credit_code(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("13812345678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0371-67891234", "0371-67891234"),
        ("67891234", "67891234"),
        ("12812345678", None),
        ("1381234567", None),
        ("138123456789", None),
        ("", None),
    ],
)
def test_a_phone_number_is_kept_or_refused(text, kept):
    assert identity.phone(text) == kept


# --- ages -------------------------------------------------------------------------------------------------


@given(BIRTHS, st.integers(0, 120))
def test_she_is_a_year_older_on_her_birthday_and_not_before(born, years):
    birthday = date(born.year + years, born.month, born.day) if (born.month, born.day) != (2, 29) else None
    assume(birthday)

    assert identity.age(born, birthday) == years
    assert identity.age(born, birthday - timedelta(days=1)) == years - 1


@pytest.mark.parametrize(
    ("on", "age"),
    [(date(2026, 2, 28), 13), (date(2026, 3, 1), 14), (date(2028, 2, 28), 15), (date(2028, 2, 29), 16)],
)
def test_who_was_born_on_29_february_has_her_birthday_on_1_march_in_common_years(on, age):
    assert identity.age(date(2012, 2, 29), on) == age


@pytest.mark.parametrize(
    ("born", "is_child"),
    [(date(2012, 9, 25), True), (date(2012, 9, 24), False), (TODAY, True), (None, False)],
)
def test_a_child_is_under_fourteen(born, is_child):
    assert identity.is_child(born, TODAY) == is_child


# --- masks ------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([kind for kind in FORMATS if kind is not Kind.EMAIL]), st.text(min_size=1, max_size=30)
)
def test_a_mask_shows_no_more_than_its_format(kind, value):
    assume(value.strip() == value)
    shown, form = mask(kind, value), FORMATS[kind]

    if len(value) <= form.head + form.tail:
        assert set(shown) == {STAR}
    else:
        assert shown[: form.head] == value[: form.head]
        assert shown[len(shown) - form.tail :] == value[len(value) - form.tail :]
        assert set(shown[form.head : len(shown) - form.tail]) == {STAR}


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.ID_NUMBER, "410103198506152421", 3),
        (Kind.ID_NUMBER_NEAR, "410103198506152421", 10),
        (Kind.PHONE, "13812345678", 7),
        (Kind.LANDLINE, "037167891234", 6),
        (Kind.NAME, "欧阳晓梅", 1),
        (Kind.ADDRESS, "平安里3号楼2单元501室", 6),
    ],
)
def test_this_many_characters_are_shown_and_no_more(kind, value, shown):
    assert sum(character != STAR for character in mask(kind, value)) == shown


@given(st.text(alphabet="程晓梅欧阳买买提阿不都", min_size=1, max_size=20))
def test_of_a_name_the_first_character_is_shown_and_not_how_long_it_is(name):
    shown = mask(Kind.NAME, name)

    assert shown in (STAR, f"{name[0]}*", f"{name[0]}**")
    assert len(shown) == min(len(name), 3)


@given(st.text(alphabet="平安里三官庙街号楼院单元室0123456789", min_size=9, max_size=40))
def test_of_an_address_the_door_is_hidden(address):
    shown = mask(Kind.ADDRESS, address)

    assert len(shown) == len(address)
    assert shown.rstrip(STAR) == address[: len(shown.rstrip(STAR))]


# --- searching --------------------------------------------------------------------------------------------

NAMES = st.text(alphabet="程晓梅王强李小明单", min_size=1, max_size=20)


@given(NAMES, st.data())
def test_any_part_of_a_name_up_to_six_characters_is_traced(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    length = data.draw(st.integers(1, searching.LONGEST))

    assert searching.wanted(name[start : start + length]) in searching.traced(name, [])


@given(NAMES)
def test_the_whole_name_is_traced_however_long(name):
    assert searching.wanted(name) in searching.traced(name, [])


@given(NAMES, NAMES)
def test_nothing_that_is_no_part_of_it_is(name, other):
    assert (searching.wanted(other) in searching.traced(name, [])) == (
        other in name and (len(other) <= searching.LONGEST or other == name)
    )


@given(st.text(alphabet="abcxyz", min_size=1, max_size=6))
def test_initials_and_names_are_told_apart(letters):
    assert searching.wanted(letters.upper()) == (searching.INITIALS, letters)
    assert searching.wanted(letters) in searching.traced("程晓梅", [letters])
    assert searching.wanted(letters) not in searching.traced(letters, [])


@pytest.mark.parametrize(
    ("term", "is_address"),
    [
        ("平安里", True),
        ("3号楼2单元501", True),
        ("平安里 3 - 2 - 501", True),
        ("程晓梅", False),
        ("cxm", False),
    ],
)
def test_an_address_is_told_from_a_name(term, is_address):
    assert searching.is_address(term) == is_address


@given(st.text(alphabet="平安里3号楼 -—,，、", max_size=20))
def test_an_address_is_squeezed_once_and_for_all(text):
    squeezed = searching.squeezed(text)

    assert searching.squeezed(squeezed) == squeezed
    assert not set(squeezed) & set(" -—,，、")


# --- two entries of one person ----------------------------------------------------------------------------

NUMBER = number_of(date(1985, 6, 15), 2)


@pytest.mark.parametrize(
    ("other", "may_be"),
    [
        (None, True),
        (NUMBER, True),
        (number_of(date(1985, 6, 15), 4), True),
        (number_of(date(1985, 6, 15), 20), True),  # swapped neighbours
        (number_of(date(1985, 6, 16), 14), False),
        (number_of(date(1985, 6, 15), 468), False),
    ],
)
def test_a_slip_changes_two_digits_at_most(other, may_be):
    assert may_be_mistyped(NUMBER, other) == may_be_mistyped(other, NUMBER) == may_be


DAYS = st.integers(0, 30).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@st.composite
def lives(draw, household):
    """One entry's stays: one after the other, the last perhaps without an end."""
    days = sorted(draw(st.lists(DAYS, min_size=2, max_size=8, unique=True)))
    ends = list(zip(days[::2], days[1::2], strict=False))
    spells = [Spell(household, "02", since, until) for since, until in ends]
    is_open = len(days) % 2 == 1
    return [*spells, Spell(household, "02", days[-1])] if is_open else spells


def where(spells, day):
    return [spell.household for spell in spells if spell.since <= day < spell.end]


@given(lives(1), lives(2), st.none() | DAYS)
def test_on_each_day_the_leading_entry_is_believed(leading, others, gone):
    assume(gone is None or all(spell.end <= gone for spell in leading))
    story = woven(leading, others, gone)

    for number in range(40):
        day = date(2026, 1, 1) + timedelta(days=number)
        told = where(leading, day)
        expected = told if told or (gone and day >= gone) else where(others, day)
        assert where(story, day) == expected


def test_what_one_entry_tells_of_nothing_else_stays_as_it_is():
    spells = [Spell(1, "02", date(2026, 1, 1), date(2026, 2, 1)), Spell(2, "10", date(2026, 2, 1))]

    assert woven(spells, []) == woven([], spells) == spells


def test_a_merge_can_be_undone_for_thirty_days():
    assert undone_until(date(2026, 9, 24)) == date(2026, 10, 24)
