"""Whatever a form is sent, it answers in its own words: never a 500, and nothing is written by half.

Junk goes to every POST of the matrix, from the person who may do most with it.
"""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.queries.chain import Inspection
from tests.matrix import Row, digest, visit_world, writes
from tests.photos import bombs
from tests.test_access import ROWS, UNKNOWN
from tests.test_access_admission import ROWS as ADMISSION
from tests.test_access_checks import ROWS as CHECKS
from tests.test_access_scores import ROWS as SCORES

pytestmark = pytest.mark.django_db


def takers(row: Row) -> set[str]:
    """Who may take the form's act."""
    return (row.status.get(302) or row.status.get(200)) - UNKNOWN


FORMS = [
    row
    for row in (*ROWS, *SCORES, *CHECKS, *ADMISSION)
    if row.post and row.url not in ("logout", "login") and takers(row)
]

NUMBERS = ["0", "-1", "1e309", "NaN", "9" * 400, str(2**31), str(2**63), "0x10", "１２", "1_000", " 7 ", "²"]
WORDS = [
    "", " ", "\x00", "a\x00b", "\u202e倒着", "\ud800", "𠮷" * 600, "长" * 5000, "'; DROP TABLE cases_case; --", "%s%d{0}",
    "<script>alert(1)</script>", "../../etc/passwd", "=1+1", "\r\nSet-Cookie: a=b", "on", "null", "[]", "true",
]  # fmt: skip
MOMENTS = [
    "2026-13-01",
    "0000-00-00",
    "9999-12-31T23:59:59.999999+23:59",
    "1-1-1",
    "2026-02-30T25:61",
    "-2026-01-01",
]
KEYS = ["not-a-key", "0" * 32, "{" + "0" * 31, str(uuid4()) + "\n", "𝟘" * 32]
JUNK = [*NUMBERS, *WORDS, *MOMENTS, *KEYS]


def junk_file(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("照片.jpg\x00.html", bombs()[name], content_type="text/html")


def values() -> st.SearchStrategy:
    texts = st.one_of(st.sampled_from(JUNK), st.text(max_size=40))
    return st.one_of(
        texts, st.lists(texts, max_size=3), st.sampled_from(sorted(bombs())).map(lambda name: ("file", name))
    )


FIELDS = (
    "key", "version", "note", "result", "photos", "keep_position", "method", "evaluation", "unit", "limit_amount",
    "limit_unit", "instruction", "fresh_clock_because", "next", "case", "name", "query", "category", "quick", "grid",
    "text", "place", "house_no", "unit_no", "latitude", "longitude", "accuracy", "channel", "external_id", "settled",
    "result_photos", "post", "weather", "route", "month", "as_of", "language", "question", "progress", "cause",
    "measures", "verdict", "seen", "since", "community_days", "remind_eve", "working_hours", "reason", "amount",
    "until", "newest", "show", "purpose", "met", "what", "agreed", "file", "fresh_days", "ordinary_days",
    "looks_per_day", "step", "indicator", "points", "evidence", "is_granted", "seed", "wanted", "level",
    "checker", "score", "findings", "satisfaction", "closing", "how", "words",
    "handed_out", "returned", "attitude_very", "department", "basis", "means", "day", "last", "categories", "who",
    "agrees", "wanted_since", "wanted_until", "finish_days",
)  # fmt: skip


def sent(facts: dict) -> dict:
    def one(value):
        if isinstance(value, tuple):
            return junk_file(value[1])
        return [writable(each) for each in value] if isinstance(value, list) else writable(value)

    return {name: one(value) for name, value in facts.items()}


def writable(text: str) -> str:
    """Half a surrogate cannot be put on the wire; its bytes can."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


@pytest.fixture
def world(town, calendar):
    return visit_world()


def doer(row: Row) -> str:
    """Somebody who may take the form's act: junk from her goes the farthest."""
    return min(takers(row))


def test_a_form_sent_nonsense_says_so(world):
    before = digest()

    @settings(
        max_examples=250,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        row=st.sampled_from(FORMS), junk=st.dictionaries(st.sampled_from(FIELDS), values(), max_size=6),
        is_whole=st.booleans(),
    )  # fmt: skip
    def attack(row, junk, is_whole):
        client, address = world.client[doer(row)], reverse(row.url, args=row.args(world))
        facts = {"key": uuid4(), **row.post(world, doer(row))} if is_whole else {}
        with transaction.atomic(), writes() as written:
            answer = client.post(address, {**facts, **sent(junk)})
            assert answer.status_code < 500, address
            if answer.status_code >= 400:
                assert not written or digest() == before
            else:
                assert list(Inspection().breaks()) == []
            transaction.set_rollback(True)

    attack()


BODIES = (
    (b'{"version": 1}', "application/json"),
    (b"\xff\xfe\x00 %00=%00&%ff=%fe&=&&&==", "application/x-www-form-urlencoded"),
    (b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\n', "multipart/form-data; boundary=x"),
    (b"", "multipart/form-data; boundary="),
    (b"a=" + b"b" * 3_000_000, "application/x-www-form-urlencoded"),
    (b"&".join(b"f%d=1" % n for n in range(2500)), "application/x-www-form-urlencoded"),
    (b"key=1", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"key=1", "application/x-www-form-urlencoded; charset=nonsense"),
)


@pytest.mark.parametrize(("body", "kind"), BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_form_is_refused(world, body, kind):
    before = digest()
    for row in FORMS:
        with transaction.atomic():
            address = reverse(row.url, args=row.args(world))
            answer = world.client[doer(row)].generic("POST", address, body, content_type=kind)
            after = digest()
            transaction.set_rollback(True)

        assert answer.status_code < 500, row
        assert answer.status_code < 400 or after == before


def test_a_key_that_has_been_used_elsewhere_is_no_error_page(world):
    used = [world.case["nine"].events.get().key, world.patrol.key, world.line.key, world.job.key]
    for row in FORMS:
        for key in used:
            with transaction.atomic():
                address = reverse(row.url, args=row.args(world))
                answer = world.client[doer(row)].post(address, {**row.post(world, doer(row)), "key": key})
                transaction.set_rollback(True)

            assert answer.status_code < 500, (row, key)
