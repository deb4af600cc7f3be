"""A tree of any size is loaded from the files clerks have: whole, once, and in the right shape."""

import csv
import io
import threading
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grids import actions
from grids.actions.tree import (
    TreeLoad,
    TreeRefused,
    deactivate_grid,
    edit_grid,
    load_tree,
    reactivate_grid,
    rename_grid,
)
from grids.enums import Level, Management, Role
from grids.imports.tree import read_tree
from grids.models import Department, Grid, path_of
from grids.rules import codes
from grids.rules.codes import GridRow
from tests.factories import AT, make_department, make_tree, make_user

DIVISIONS = Path(__file__).resolve().parents[2] / "grids/data/divisions"
LATER = AT + timedelta(days=1)
HEADER = "code,level,name,parent_code\n"
DISTRICT = "410102,district,中原区,\n"
STREET = "410102006,street,三官庙街道,410102\n"
COMMUNITY = "410102006002,community,三官庙社区居委会,410102006\n"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def load(*lines: str) -> TreeLoad:
    return load_tree(read_tree((HEADER + "".join(lines)).encode()), at=AT)


def refused(*lines: str) -> tuple[str, ...]:
    """The sentences such a file is refused with; nothing of it may have been loaded."""
    before = Grid.objects.count()
    with pytest.raises(TreeRefused) as refusal:
        load(*lines)
    assert Grid.objects.count() == before
    return refusal.value.problems


def shape() -> list[tuple]:
    return list(
        Grid.objects.order_by("code").values_list("code", "tree_id", "lft", "rght", "level", "parent")
    )


def rebuilt() -> list[tuple]:
    """The shape as mptt itself builds it from the parents alone."""
    Grid.objects.rebuild()
    return shape()


def rows_of(all_codes: Iterable[str]) -> list[GridRow]:
    words = {level.code_length: level.path_field for level in Level}
    return [GridRow(code, words[len(code)], f"格{code}", codes.parent_code(code)) for code in all_codes]


# --- The shape ----------------------------------------------------------------------------------


def test_a_district_stands_as_mptt_would_have_built_it():
    make_tree(streets=2, communities=3, buildings=2)

    loaded = shape()

    assert loaded == rebuilt()
    assert len(loaded) == 1 + 2 + 6 + 12


def test_a_second_district_stands_beside_the_first():
    make_tree(code="410102")
    make_tree(code="410105")

    loaded = shape()

    assert loaded == rebuilt()
    assert [row[1] for row in loaded if row[4] == 0] == [1, 2]


def test_a_district_with_a_lower_code_moves_the_others_up():
    make_tree(code="410105")
    make_tree(code="410103")
    make_tree(code="410102")

    loaded = shape()

    assert loaded == rebuilt()
    assert {row[1] for row in loaded if row[0].startswith("410105")} == {3}


def test_one_building_grid_is_added_in_its_place():
    make_tree(streets=2, communities=2, buildings=2)

    done = load("410102001001009,building,加建网格,410102001001\n")

    assert done == TreeLoad(created=1, changed=0, unchanged=0)
    assert shape() == rebuilt()


def test_children_may_stand_before_their_parents_in_the_file():
    load(COMMUNITY, STREET, DISTRICT)

    assert shape() == rebuilt()


def test_numbers_that_went_wrong_are_put_right_by_the_next_load():
    make_tree()
    right = shape()
    Grid.objects.filter(level=Level.BUILDING).update(lft=1, rght=2)

    make_tree()

    assert shape() == right


@st.composite
def _forests(draw: st.DrawFn) -> list[str]:
    """Codes of one to three districts with any branches, in any order."""
    found = set(draw(st.lists(st.sampled_from(["410102", "410103", "410105"]), min_size=1, max_size=3)))
    for level in (Level.STREET, Level.COMMUNITY, Level.BUILDING):
        above = sorted(code for code in found if len(code) == level.code_length - 3)
        if above:
            pairs = st.tuples(st.sampled_from(above), st.integers(1, 999))
            found |= {f"{parent}{number:03}" for parent, number in draw(st.lists(pairs, max_size=6))}
    return draw(st.permutations(sorted(found)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_forests(), second=_forests())
def test_any_two_loads_one_after_the_other_stand_as_mptt_would_have_built_them(first, second):
    Grid.objects.all()._raw_delete("default")

    load_tree(rows_of(first), at=AT)
    load_tree(rows_of(second), at=LATER)

    assert {row[0] for row in shape()} == {*first, *second}
    assert shape() == rebuilt()


def test_the_path_of_a_grid_is_right_even_when_the_tree_moved_since_it_was_fetched():
    make_tree(streets=1, communities=1, buildings=1, code="410105")
    grid = Grid.objects.get(code="410105001001001")
    make_tree(streets=3, communities=3, buildings=3, code="410102")

    path = path_of(grid)

    pks = dict(Grid.objects.values_list("code", "pk"))
    assert path == {
        "grid_id": grid.pk,
        "building_id": grid.pk,
        "community_id": pks["410105001001"],
        "street_id": pks["410105001"],
        "district_id": pks["410105"],
    }


# --- Once ---------------------------------------------------------------------------------------


def test_loading_the_same_file_again_writes_nothing():
    load(DISTRICT, STREET, COMMUNITY)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        done = load(DISTRICT, STREET, COMMUNITY)

    assert done == TreeLoad(created=0, changed=0, unchanged=3)
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "\n    UPDATE"))]
    assert Grid.history.count() == 3


def test_a_new_name_changes_one_grid_and_history_keeps_the_old_one():
    load(DISTRICT, STREET, COMMUNITY)
    clerk = make_user()

    rows = read_tree((HEADER + "410102006,street,三官庙新街道,410102\n").encode())
    done = load_tree(rows, by=clerk, at=LATER)

    assert done == TreeLoad(created=0, changed=1, unchanged=0)
    history = Grid.history.filter(code="410102006").order_by("history_date")
    assert list(history.values_list("name", "history_type", "history_user", "history_date")) == [
        ("三官庙街道", "+", None, AT),
        ("三官庙新街道", "~", clerk.pk, LATER),
    ]
    assert Grid.objects.get(code="410102006").sort_key == "san1 guan1 miao4 xin1 jie1 dao4"


def test_what_the_file_does_not_speak_of_stays():
    make_tree()
    grid = Grid.objects.get(code="410102001001001")
    edit_grid(grid, by=None, at=AT, management=Management.PROPERTY, scope_note="东门以北")

    make_tree()

    grid.refresh_from_db()
    assert (grid.management, grid.scope_note) == ("property", "东门以北")


def test_grids_the_file_does_not_name_stay():
    make_tree(streets=2)

    load(DISTRICT)

    assert Grid.objects.filter(level=Level.STREET, is_active=True).count() == 2


def test_the_progress_ends_at_the_whole():
    seen = []

    load_tree(
        rows_of(["410102", "410102001", "410102002"]), at=AT, progress=lambda *figures: seen.append(figures)
    )

    assert seen == [(1, 3), (3, 3)]


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_create_every_grid_once():
    rows = rows_of(["410102", *(f"410102{street:03}" for street in range(1, 200))])
    done, start = [], threading.Barrier(2)

    def run() -> None:
        try:
            start.wait()
            done.append(load_tree(rows, at=AT))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(load.created for load in done) == [0, 200]
    assert Grid.objects.count() == 200
    assert shape() == rebuilt()


# --- Whole or not at all ------------------------------------------------------------------------

OTHER_STREET = "410102007,street,绿东村街道,410102\n"
BAD_ROWS = [
    (",street,三官庙街道,410102", "The code is missing."),
    (
        "4.10102E+14,building,一网格,410102006002",
        "Excel has shortened the code to “4.10102E+14”. Format the column as text and type the code again.",
    ),
    ("41010200６,street,三官庙街道,410102", "The code “41010200６” may only have the digits 0 to 9."),
    (
        "410102008,town,须水镇,410102",
        "The level “town” is unknown. It is one of district, street, community, building.",
    ),
    (
        "410102008,community,汝河路社区,410102",
        "410102008 has 9 digits; at the level “Community” a code has 12.",
    ),
    ("4101020080,street,汝河路街道,410102", "4101020080 has 10 digits; at the level “Street” a code has 9."),
    ("410102007,street,绿东村街道,410102", "The code 410102007 stands in line 3 already."),
    ("410102008,street,汝河路街道,", "410102008 (汝河路街道) needs the code of its parent."),
    ("410103,district,二七区,410102", "A district has no parent; leave the parent of 410103 empty."),
    (
        "410103001,street,淮河路街道,410102",
        "The code 410103001 does not begin with the code of its parent, 410102.",
    ),
    (
        "410102007001001,building,一网格,410102007",
        "The parent of 410102007001001 stands one level above it: 410102007001, not 410102007.",
    ),
    (
        "410102008001,community,汝河社区,410102008",
        "The parent 410102008 of 410102008001 (汝河社区) is neither in the file nor in the tree.",
    ),
    ("410102008,street,,410102", "410102008 has no name."),
    ("410102008,street,　 ,410102", "410102008 has no name."),
    (f"410102008,street,{'长' * 61},410102", "The name of 410102008 is longer than 60 characters."),
    (
        "410102008,street,汝\u202e河,410102",
        "Character 2 (U+202E) cannot be kept. Delete it or type it again.",
    ),
    ("410102008,street,汝河,410102,多一格", "The row has more cells than the first line has columns."),
]


@pytest.mark.parametrize(("row", "sentence"), BAD_ROWS)
def test_a_broken_row_stops_the_load_with_its_line(row, sentence):
    assert refused(DISTRICT, OTHER_STREET, f"{row}\n", STREET) == (f"Line 4: {sentence}",)


def test_rows_fit_the_grids_already_there():
    load(DISTRICT, STREET)

    assert load(COMMUNITY) == TreeLoad(created=1, changed=0, unchanged=0)
    assert refused("410102007001,community,白鸽社区,410102007\n") == (
        "Line 2: The parent 410102007 of 410102007001 (白鸽社区) is neither in the file nor in the tree.",
    )


def test_nothing_new_grows_below_a_grid_out_of_use():
    load(DISTRICT, STREET)
    deactivate_grid(Grid.objects.get(code="410102006"), by=None, at=AT)

    assert load(DISTRICT, STREET).unchanged == 2
    assert refused(COMMUNITY) == (
        "Line 2: The parent 410102006 of 410102006002 (三官庙社区居委会) is no longer in use.",
    )


def test_the_child_of_a_faulty_row_is_not_blamed_for_it():
    assert refused(DISTRICT, "410102006,street,,410102\n", COMMUNITY) == ("Line 3: 410102006 has no name.",)


def test_twenty_problems_are_shown_and_the_rest_is_counted():
    with pytest.raises(TreeRefused) as refusal:
        load(DISTRICT, *("x,street,街道,410102\n" for _ in range(30)))

    lines = str(refusal.value).splitlines()
    assert len(refusal.value.problems) == 30
    assert lines[19] == "Line 22: The code “x” may only have the digits 0 to 9."
    assert lines[20:] == ["… and 10 more."]


@pytest.mark.parametrize("word", ["management", "kind"])
def test_a_word_nobody_knows_is_refused(word):
    content = f"{HEADER.strip()},{word}\n{DISTRICT.strip()},\n{STREET.strip()},谁\n"

    with pytest.raises(TreeRefused, match=f"Line 3: The {word} “谁” is unknown"):
        load_tree(read_tree(content.encode()), at=AT)


# --- The file -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_files_are_read_as_clerks_save_them(encoding, line_end):
    content = (HEADER + DISTRICT + STREET).replace("\n", line_end).encode(encoding)

    rows = read_tree(content)

    assert [(row.code, row.level, row.name, row.parent_code, row.line) for row in rows] == [
        ("410102", "district", "中原区", "", 2),
        ("410102006", "street", "三官庙街道", "410102", 3),
    ]


def test_blank_lines_and_blanks_around_cells_do_not_matter():
    rows = read_tree(f"{HEADER}\n 410102 ,district,\u3000中原区\u3000,\n\n".encode())

    assert [(row.code, row.name, row.line) for row in rows] == [("410102", "中原区", 3)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a.csv: The file is empty."),
        (HEADER.encode(), "a.csv, line 1: There is not a single grid in the file."),
        (
            b"code,name\n1,2\n",
            "a.csv: The first line must name the columns code,level,name,parent_code; "
            "missing: level, parent_code.",
        ),
        (b"code,level,name,name,parent_code\n", "a.csv: The first line names a column twice: name."),
        (b"PK\x03\x04rest", "a.csv: This is a workbook. Save it as CSV first."),
        (HEADER.encode("utf-16"), "a.csv: This is not plain text. Save it as “CSV UTF-8”."),
        (b"\xff\xff\xff\xff", "a.csv: The characters cannot be read. Save the file as “CSV UTF-8”."),
        (
            HEADER.encode() + b'410102,district,"abc',
            "a.csv: The file is broken in line 2 (unexpected end of data).",
        ),
        (b" " * (32 * 1024 * 1024 + 1), "a.csv: The file is larger than 32 MB."),
    ],
    ids=["empty", "header", "columns", "twice", "workbook", "utf-16", "bytes", "quote", "large"],
)
def test_a_file_that_cannot_be_read_says_why(content, sentence):
    with pytest.raises(TreeRefused) as refusal:
        read_tree(content, "a.csv")

    assert str(refusal.value) == sentence


def test_every_refusal_has_its_chinese():
    with translation.override("zh-hans"):
        problems = refused(DISTRICT, "410103001,street,淮河路街道,410102\n")

    assert problems == ("第3行：代码410103001不是以上级代码410102开头。",)


# --- The project's data and the command ---------------------------------------------------------


def run(*arguments: str | Path, **options: object) -> str:
    out = io.StringIO()
    call_command("load_grids", *map(str, arguments), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_the_demo_street_has_one_fourteen_and_fifty_nine():
    run(DIVISIONS / "410102.csv")
    run(
        DIVISIONS / "sanguanmiao_communities.csv",
        buildings=DIVISIONS / "sanguanmiao_buildings.csv",
    )

    street = Grid.objects.get(name="三官庙街道").get_descendants(include_self=True)
    assert [street.filter(level=level).count() for level in (1, 2, 3)] == [1, 14, 59]
    assert Grid.objects.filter(level__lte=Level.COMMUNITY).exclude(name__contains="演示").count() == 172
    assert not Grid.objects.filter(level=Level.BUILDING, management=Management.UNKNOWN).exists()
    assert shape() == rebuilt()


def test_every_community_of_the_demo_street_has_a_building_grid():
    with (DIVISIONS / "sanguanmiao_buildings.csv").open(encoding="utf-8") as file:
        parents = {row["parent_code"] for row in csv.DictReader(file)}

    assert len(parents) == 14


def test_the_command_says_what_it_did():
    assert run(DIVISIONS / "410102.csv") == "172 created, 0 changed, 0 unchanged.\n"
    assert run(DIVISIONS / "410102.csv") == "0 created, 0 changed, 172 unchanged.\n"


def test_a_dry_run_counts_and_writes_nothing():
    said = run(DIVISIONS / "410102.csv", dry_run=True)

    assert said == "172 created, 0 changed, 0 unchanged.\nNothing was written.\n"
    assert Grid.objects.count() == 0


def test_the_command_names_file_and_line_of_a_broken_row(tmp_path):
    broken = tmp_path / "buildings.csv"
    broken.write_text(HEADER + "410102006999001,building,一网格,410102006999\n", encoding="utf-8")

    with pytest.raises(CommandError) as error:
        run(DIVISIONS / "410102.csv", buildings=broken)

    assert str(error.value) == (
        "buildings.csv, line 2: The parent 410102006999 of 410102006999001 (一网格) "
        "is neither in the file nor in the tree."
    )
    assert Grid.objects.count() == 0


def test_the_file_of_building_grids_holds_nothing_else(tmp_path):
    wrong = tmp_path / "buildings.csv"
    wrong.write_text(HEADER + "410102099,street,新街道,410102\n", encoding="utf-8")

    with pytest.raises(CommandError, match="410102099 is of level “street” and does not belong in this file"):
        run(DIVISIONS / "410102.csv", buildings=wrong)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        run(tmp_path / "nowhere.csv")


# --- Single grids -------------------------------------------------------------------------------


@pytest.fixture
def building() -> Grid:
    make_tree()
    return Grid.objects.get(code="410102001001001")


def test_a_renamed_grid_sorts_by_its_new_name_and_remembers_who_did_it(building):
    clerk = make_user()

    renamed = rename_grid(building, " 幸福里网格 ", by=clerk, at=LATER)

    assert (renamed.name, renamed.sort_key) == ("幸福里网格", "xing4 fu2 li3 wang3 ge2")
    last = building.history.latest()
    assert (last.name, last.history_user, last.history_date) == ("幸福里网格", clerk, LATER)


@pytest.mark.parametrize("name", ["", "  ", "长" * 61, "两\n行"])
def test_a_name_that_is_none_is_refused(building, name):
    with pytest.raises(TreeRefused):
        rename_grid(building, name, by=None, at=LATER)

    assert building.history.count() == 1


def test_an_edit_that_changes_nothing_leaves_no_history(building):
    edit_grid(building, by=None, at=LATER, name=building.name, management=building.management)

    assert building.history.count() == 1


def test_code_and_place_are_not_for_editing(building):
    with pytest.raises(TypeError):
        edit_grid(building, by=None, at=LATER, code="410102001001009")


def test_an_old_copy_of_a_grid_does_not_bring_old_tree_numbers_back(building):
    load("410102001001000,building,前面的网格,410102001001\n")

    rename_grid(building, "新名网格", by=None, at=LATER)

    assert shape() == rebuilt()


def test_a_grid_goes_out_of_use_and_comes_back(building):
    deactivate_grid(building, by=None, at=AT)
    assert not Grid.objects.active().filter(pk=building.pk).exists()

    reactivate_grid(building, by=None, at=LATER)
    assert Grid.objects.active().filter(pk=building.pk).exists()
    assert list(building.history.order_by("pk").values_list("is_active", flat=True)) == [True, False, True]


def test_a_grid_with_grids_in_use_below_it_stays(building):
    with pytest.raises(TreeRefused, match="still has grids in use below it"):
        deactivate_grid(building.parent, by=None, at=AT)


def test_a_grid_whose_grids_are_all_out_of_use_goes(building):
    community = building.parent
    for grid in community.children.all():
        deactivate_grid(grid, by=None, at=AT)

    assert deactivate_grid(community, by=None, at=AT).is_active is False


def test_a_grid_comes_back_only_below_a_parent_in_use(building):
    community = building.parent
    for grid in [*community.children.all(), community]:
        deactivate_grid(grid, by=None, at=AT)

    with pytest.raises(TreeRefused, match="is no longer in use itself"):
        reactivate_grid(building, by=None, at=LATER)


def test_a_grid_with_a_post_stays_until_the_post_ends(building):
    post = actions.appoint(make_user(), Role.GRID_LEADER, grid=building, at=AT)
    with pytest.raises(TreeRefused, match="still holds a post"):
        deactivate_grid(building, by=None, at=AT)

    actions.dismiss(post, at=LATER)

    assert deactivate_grid(building, by=None, at=LATER).is_active is False


def test_a_grid_with_a_department_in_use_stays():
    district = make_tree(streets=1, communities=0, buildings=0)
    street = Grid.objects.get(level=Level.STREET)
    department = make_department(street)
    with pytest.raises(TreeRefused, match="still has departments in use"):
        deactivate_grid(street, by=None, at=AT)

    Department.objects.filter(pk=department.pk).update(is_active=False)

    assert deactivate_grid(street, by=None, at=AT).is_active is False
    assert deactivate_grid(district, by=None, at=AT).is_active is False


# --- Codes --------------------------------------------------------------------------------------


def test_a_code_carries_its_whole_path():
    assert codes.ancestry("410102006002001") == ["410102", "410102006", "410102006002", "410102006002001"]
    assert codes.parent_code("410102006") == "410102"
    assert codes.parent_code("410102") == ""
    assert codes.level_of("410102006002") == Level.COMMUNITY
    assert codes.level_of("4101020") is None


def test_the_limits_of_a_row_are_those_of_the_columns():
    assert Grid._meta.get_field("name").max_length == codes.NAME_LIMIT
    assert Grid._meta.get_field("scope_note").max_length == codes.NOTE_LIMIT
