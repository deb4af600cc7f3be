"""Photos of cases: who gets them, and in what wrapping."""

import io

import pytest
from PIL import Image

from cases.models import Evidence
from tests.photos import clean_photo

pytestmark = pytest.mark.usefixtures("calendar")


@pytest.fixture
def evidence(town, at, photo):
    town.report(at=at, photos=[photo])
    return Evidence.objects.get()


def test_it_is_served_to_whom_the_case_exists(client, town, evidence, photo):
    client.force_login(town.user.direct)

    response = client.get(evidence.get_absolute_url())

    assert response.status_code == 200
    assert response.getvalue() == photo.content
    assert {name: response[name] for name in WRAPPING} == WRAPPING
    assert response["Content-Disposition"].startswith("inline; filename*=utf-8''%E4%B8%89%E5%AE%98%E5%BA%99-")


WRAPPING = {
    "Content-Type": "image/jpeg",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-cache",
}


@pytest.mark.parametrize("who", ["leader2", "far_dispatcher", "officer", "outsider"])
def test_outside_the_subtree_it_does_not_exist(client, town, evidence, who):
    client.force_login(town.outsider if who == "outsider" else town.user[who])

    assert client.get(evidence.get_absolute_url()).status_code == 404
    assert client.get("/photos/999999/").status_code == 404


def test_a_stranger_is_sent_to_sign_in(client, evidence):
    assert client.get(evidence.get_absolute_url()).url.startswith("/login/")


def test_the_reporter_without_any_view_sees_her_own(client, town, at, photo):
    town.report(at=at, by="volunteer", photos=[photo])
    client.force_login(town.user.volunteer)

    response = client.get(Evidence.objects.get().get_absolute_url())

    assert (response.status_code, response.getvalue()[:3]) == (200, b"\xff\xd8\xff")


def test_a_thumbnail_is_small(client, town, at):
    town.report(at=at, photos=[clean_photo(size=(1600, 1200))])
    client.force_login(town.user.leader)

    response = client.get(Evidence.objects.get().get_absolute_url(), {"size": "thumb"})

    with Image.open(io.BytesIO(response.getvalue())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 240))


def test_a_browser_that_has_it_is_not_sent_it_again(client, town, evidence):
    client.force_login(town.user.leader)
    first = client.get(evidence.get_absolute_url())
    assert first.getvalue()

    response = client.get(evidence.get_absolute_url(), headers={"If-None-Match": first["ETag"]})

    assert (response.status_code, response.content) == (304, b"")


def test_a_photo_whose_file_is_gone_is_missing_and_no_crash(client, town, evidence):
    evidence.file.storage.delete(evidence.file.name)
    client.force_login(town.user.leader)

    assert client.get(evidence.get_absolute_url()).status_code == 404


def test_it_is_only_read(client, town, evidence):
    client.force_login(town.user.leader)

    assert client.post(evidence.get_absolute_url()).status_code == 405
