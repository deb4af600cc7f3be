"""What people type is kept clean and found again by any part of it."""

from collections.abc import Iterator

import pytest
from django.db import connection, models
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridgov.kit import text
from gridgov.kit.text import BIGRAM_SQL, BigramMatch, TextRefused, bigrams, clean, escape_like, is_clean


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


class Line(models.Model):
    """A table with nothing but a searchable text."""

    body = models.TextField(null=True)  # noqa: DJ001  # a NULL must not be found

    class Meta:
        app_label = "kit_tests"
        managed = False
        db_table = "kit_test_line"

    def __str__(self) -> str:
        return str(self.body)


@pytest.fixture
def lines(db: None) -> Iterator[type[Line]]:
    with connection.cursor() as cursor:
        cursor.execute(BIGRAM_SQL)
        cursor.execute("CREATE TEMP TABLE kit_test_line (id serial PRIMARY KEY, body text)")
        cursor.execute("CREATE INDEX kit_test_line_body ON kit_test_line USING gin (gridgov_bigrams(body))")
    yield Line
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kit_test_line")


def found(lines: type[Line], term: str) -> list[str | None]:
    rows = lines.objects.filter(BigramMatch("body", term)).order_by("id")
    return [row.body for row in rows]


# --- clean -------------------------------------------------------------------------


def test_white_space_at_both_ends_goes() -> None:
    assert clean(" \t\u3000三官庙街道\u00a0\ufeff\r\n", max_length=10) == "三官庙街道"


def test_a_decomposed_letter_is_composed_before_it_is_counted() -> None:
    assert clean("e\u0301", max_length=1) == "\u00e9"


def test_line_breaks_of_every_system_become_one_kind() -> None:
    assert clean("一\r\n二\r三\n四\t五", max_length=20, lines=True) == "一\n二\n三\n四\t五"


@pytest.mark.parametrize("inside", ["\n", "\t", "\r\n"])
def test_a_single_line_takes_no_break(inside: str) -> None:
    with pytest.raises(TextRefused, match="Line breaks"):
        clean(f"一{inside}二".replace("\r", ""), max_length=20)


@pytest.mark.parametrize(
    "kept",
    ["𠮷野家", "\U00031350", "👩‍👩‍👧", "🇨🇳", "王\ue123", "a\u200db", "Ünïcode", "٣ مفتاح"],
)
def test_rare_han_emoji_and_other_scripts_pass(kept: str) -> None:
    assert clean(kept, max_length=20) == kept


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00", "\x01", "\x07", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f", "\x85", "\x9f",
        "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069",
        "\ud800", "\u2028", "\u2029", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe",
    ],
)  # fmt: skip
@pytest.mark.parametrize("lines", [True, False])
def test_hidden_characters_are_refused_wherever_they_stand(hidden: str, lines: bool) -> None:
    for value in (f"一{hidden}二", f"{hidden}一", f"一{hidden}"):
        with pytest.raises(TextRefused, match=f"U\\+{ord(hidden):04X}"):
            clean(value, max_length=20, lines=lines)


def test_the_refusal_names_the_place() -> None:
    with pytest.raises(TextRefused) as refusal:
        clean("一二\u202e三", max_length=20)

    assert str(refusal.value) == "Character 3 (U+202E) cannot be kept. Delete it or type it again."


def test_too_long_names_limit_and_length() -> None:
    with pytest.raises(TextRefused) as refusal:
        clean("一" * 21, max_length=20)

    assert str(refusal.value) == "At most 20 characters; this text has 21."


def test_length_counts_characters_not_bytes() -> None:
    assert len(clean("𠮷" * 20, max_length=20)) == 20


def test_a_flood_of_combining_marks_is_refused_unread() -> None:
    with pytest.raises(TextRefused, match="1000001"):
        clean("a" + "\u0301" * 1_000_000, max_length=20)


def test_nothing_stays_nothing() -> None:
    assert clean("\u3000\u200b\u3000", max_length=5) == ""


@pytest.mark.parametrize(
    "blank", ["\u3164", "\u2800\u2800", "\u200d", "\ufe0f", "\u00ad", "\U000e0041", " \u3164\u3000"]
)
def test_what_nobody_sees_is_no_text(blank: str) -> None:
    assert clean(blank, max_length=50, lines=True) == ""


def test_a_mark_inside_a_text_stays() -> None:
    assert clean("👩\u200d🔧 管道 ❤\ufe0f", max_length=50) == "👩\u200d🔧 管道 ❤\ufe0f"


def test_bytes_that_were_no_text_are_refused_not_kept() -> None:
    with pytest.raises(TextRefused, match="unreadable"):
        clean("楼道\ufffd\ufffd堆物", max_length=50)


@given(st.text(max_size=50))
def test_clean_text_stays_as_it_is(value: str) -> None:
    try:
        once = clean(value, max_length=50, lines=True)
    except TextRefused:
        return

    assert clean(once, max_length=200, lines=True) == once


# --- searching -----------------------------------------------------------------------


def test_wildcards_are_ordinary_characters() -> None:
    assert escape_like("100%_\\") == "100\\%\\_\\\\"


def test_bigrams_are_sorted_unique_and_folded() -> None:
    assert bigrams("ABab一") == ["ab", "ba", "b一"]


def test_one_character_has_no_bigram() -> None:
    assert bigrams("井") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
    | st.text("AaZz井盖İıßΣς𠮷%_ ", max_size=30)
)
def test_python_and_postgresql_see_the_same_bigrams(lines: type[Line], value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute('SELECT gridgov_bigrams(%s), lower(%s COLLATE "C")', [value, value])
        row = cursor.fetchone()

    assert row == (bigrams(value), text.fold(value))


def test_a_term_is_found_anywhere_in_the_text(lines: type[Line]) -> None:
    for body in ("中原路井盖破损", "井水盖了房", "盖井", None, ""):
        lines.objects.create(body=body)

    assert found(lines, "井盖") == ["中原路井盖破损"]


def test_two_bigrams_apart_are_not_a_hit(lines: type[Line]) -> None:
    lines.objects.create(body="东街社 街社区")

    assert found(lines, "东街社区") == []


def test_case_does_not_matter(lines: type[Line]) -> None:
    lines.objects.create(body="3号楼 Unit B")

    assert found(lines, "uNIT b") == ["3号楼 Unit B"]


@pytest.mark.parametrize("term", ["%", "_", "\\", "0%", "_a", "\\n"])
def test_wildcards_find_only_themselves(lines: type[Line], term: str) -> None:
    lines.objects.create(body="plain 100 xa n")
    lines.objects.create(body=f"with {term} inside")

    assert found(lines, term) == [f"with {term} inside"]


def test_one_character_is_found_without_bigrams(lines: type[Line]) -> None:
    lines.objects.create(body="井")
    lines.objects.create(body="盖")

    assert found(lines, "井") == ["井"]
    assert "bigrams" not in lines.objects.filter(BigramMatch("body", "井")).explain()


def test_an_empty_term_finds_every_text(lines: type[Line]) -> None:
    lines.objects.create(body="井")
    lines.objects.create(body=None)

    assert found(lines, "") == ["井"]


def test_a_match_combines_like_any_condition(lines: type[Line]) -> None:
    for body in ("东街井盖", "西街井盖", "东街路灯"):
        lines.objects.create(body=body)

    both = lines.objects.filter(BigramMatch("body", "东街") & ~BigramMatch("body", "路灯"))

    assert [row.body for row in both] == ["东街井盖"]


def test_a_two_character_search_uses_the_index(lines: type[Line]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_test_line (body) SELECT md5(n::text) FROM generate_series(1, 5000) AS n"
        )
        cursor.execute("INSERT INTO kit_test_line (body) VALUES ('中原路井盖破损')")
        cursor.execute("ANALYZE kit_test_line")

    plan = lines.objects.filter(BigramMatch("body", "井盖")).explain()

    assert "Bitmap Index Scan on kit_test_line_body" in plan
    assert found(lines, "井盖") == ["中原路井盖破损"]


def test_the_index_can_be_rebuilt_with_an_empty_search_path(lines: type[Line]) -> None:
    lines.objects.create(body="井盖")
    with connection.cursor() as cursor:
        cursor.execute("REINDEX INDEX kit_test_line_body")
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute("SELECT public.gridgov_bigrams('井盖AB')")
        row = cursor.fetchone()

    assert row == (["ab", "井盖", "盖a"],)


@pytest.mark.parametrize("term", ["井", "井盖", "路灯", "东街", "%", "_", "A", "没有的"])
def test_a_common_word_is_read_another_way_and_finds_the_same(lines: type[Line], term: str) -> None:
    rows, read = (
        lines.objects.filter(BigramMatch("body", term, is_common=common)).order_by("id")
        for common in (False, True)
    )

    assert list(read) == list(rows)


@pytest.mark.parametrize(
    "said", ["", "程晓梅", "𠮷", "两\n行\t表\r\n", "e\u0301", "\ue000", "\u200b", "\u3000"]
)
def test_what_is_kept_is_clean(said: str) -> None:
    assert is_clean(said)


@pytest.mark.parametrize(
    "said", ["a\x00", "\x08", "程\u202e晓梅", "\ud800", "\ufffd", "\uffff", "\u2028", "\x85"]
)
def test_what_is_refused_is_not_clean(said: str) -> None:
    assert not is_clean(said)
