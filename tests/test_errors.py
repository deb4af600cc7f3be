"""Error pages say in Chinese what to do next, quote a number, and give nothing away."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.urls import path

from gridgov import views
from gridgov.kit.refusals import Forbidden
from tests.photos import upload

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error


def raising(error):
    def view(request):
        raise error

    view.login_required = False
    return view


def asked(request):
    return HttpResponse(request.GET.get("q"))


asked.login_required = False

urlpatterns = [
    path("asked/", asked),
    path("bad/", raising(BadRequest("secret detail"))),
    path("forbidden/", raising(PermissionDenied("secret detail"))),
    path("not-yours/", raising(Forbidden("只有上报人可以办理。"))),
    path("broken/", raising(RuntimeError("secret detail"))),
    path("language/", views.language, name="language"),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/bad/", 400, "无法识别这个请求"),
        ("/forbidden/", 403, "您没有这项权限"),
        ("/nowhere/", 404, "找不到这个页面"),
        ("/broken/", 500, "平台出错了"),
    ],
)
def test_an_error_has_its_status_its_words_and_its_number(visitor, address, status, heading):
    response = visitor.get(address)

    page = response.content.decode()
    assert response.status_code == status
    assert heading in page
    assert response["X-Request-Id"] in page
    assert "secret detail" not in page


# what was sent                                                                 what the page says of it
TOO_MUCH = {
    "13 photos":   ({"photos": [upload(name=f"{n}.jpg") for n in range(13)]},      "一次最多发送12张照片。"),
    "3 MB of text": ({"text": "长" * 1_000_000},                                   "一次最多发送2MB文字。"),
    "3000 fields": ({f"f{n}": "1" for n in range(3000)},                          "一次最多发送2000个字段。"),
}  # fmt: skip


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_is_called_too_much_and_how_much_there_may_be(visitor, what):
    facts, sentence = TOO_MUCH[what]

    response = visitor.post("/language/", facts)

    page = response.content.decode()
    assert response.status_code == 413
    assert sentence in page
    assert "一次发送的内容太多" in page
    assert response["X-Request-Id"] in page


def test_an_endless_address_is_too_much_as_well(visitor):
    response = visitor.get("/asked/?" + "&".join(f"f{n}=1" for n in range(3000)))

    assert response.status_code == 413


def test_a_body_that_is_no_form_is_incomplete_not_too_much(visitor):
    response = visitor.generic("POST", "/language/", b"--x", content_type="multipart/form-data; boundary=")

    assert response.status_code == 400
    assert "无法识别这个请求" in response.content.decode()


def test_a_refusal_that_was_written_for_its_reader_is_shown(visitor):
    response = visitor.get("/not-yours/")

    page = response.content.decode()
    assert response.status_code == 403
    assert "只有上报人可以办理。" in page
    assert "没有这项权限" not in page


def test_a_stale_form_key_is_explained(client):
    client.handler.enforce_csrf_checks = True

    response = client.post("/language/", {"language": "en"})

    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_the_language_is_chosen_by_a_form_and_kept_in_a_cookie(client):
    response = client.post("/language/", {"language": "en", "next": "/nowhere/"})

    assert response["Location"] == "/nowhere/"
    assert "There is no such page" in client.get("/nowhere/").content.decode()


def test_the_language_form_leads_to_no_other_host(client):
    response = client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})

    assert response["Location"] == "/"


def test_a_link_does_not_change_the_language(client):
    response = client.get("/language/?language=en")

    assert response.status_code == 405
