from __future__ import annotations

from types import SimpleNamespace

import pytest

from sfdag_magics.engine.resources.forms.paths import Paths
from sfdag_magics.engine.resources.forms.refusals import RefusedCallError


def offered(method: str, path: str) -> SimpleNamespace:
    return SimpleNamespace(method=method, path=path)


PATHS = Paths(
    [
        offered("GET", "/api/v2/databases"),
        offered("POST", "/api/v2/databases:from-share"),
        offered("GET", "/api/v2/databases/{name}"),
        offered("DELETE", "/api/v2/databases/{name}"),
        offered("POST", "/api/v2/databases/{name}:clone"),
        offered("GET", "/api/v2/databases/{database}/schemas/{name}"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "expected", "names"),
    [
        ("GET", "api/v2/databases", "/api/v2/databases", {}),
        ("POST", "api/v2/databases:from-share", "/api/v2/databases:from-share", {}),
        ("GET", "api/v2/databases/my_db", "/api/v2/databases/{name}", {"name": "my_db"}),
        ("GET", "api/v2/databases/", "/api/v2/databases", {}),
        ("POST", "api/v2/databases/a:clone", "/api/v2/databases/{name}:clone", {"name": "a"}),
        # what belongs to a name is encoded in it
        ("GET", "api/v2/databases/%22a%2Fb%22", "/api/v2/databases/{name}", {"name": '"a/b"'}),
        ("GET", "api/v2/databases/%22a%3Ab%22", "/api/v2/databases/{name}", {"name": '"a:b"'}),
        ("GET", "api/v2/databases/%22%C3%A4.%22", "/api/v2/databases/{name}", {"name": '"ä."'}),
        (
            *("GET", "api/v2/databases/%22%22/schemas/s%20"),
            "/api/v2/databases/{database}/schemas/{name}",
            {"database": '""', "name": "s "},
        ),
    ],
)
def test_a_path_is_found_with_its_names(method, path, expected, names):
    found = PATHS.find(method, path.split("/"))
    assert (found.operation.path, found.names) == (expected, names)


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        (
            "PATCH",
            "api/v2/databases/d",
            "offer PATCH /api/v2/databases/d. It offers DELETE and GET",
        ),
        ("GET", "api/v2/databases/d:clone", "offer GET /api/v2/databases/d:clone. It offers POST"),
        ("POST", "api/v2/databases/d:undrop", "offer POST /api/v2/databases/d:undrop. Whether"),
        ("GET", "api/v2/compute-pools", "offer GET /api/v2/compute-pools. Whether the object"),
        ("GET", "api/v1/databases", "does not offer"),
        ("GET", "api/v2/alerts/databases", "does not offer"),
    ],
)
def test_what_is_not_offered_is_named_and_is_no_404(method, path, said):
    with pytest.raises(RefusedCallError) as caught:
        PATHS.find(method, path.split("/"))
    assert caught.value.status == 405
    assert said in caught.value.message


def test_a_list_that_is_in_another_place_is_not_there():
    paths = Paths([offered("GET", "/api/v2/databases/{database}/schemas")])
    with pytest.raises(RefusedCallError, match="There is no GET /api/v2/schemas") as caught:
        paths.find("GET", ["api", "v2", "schemas", ""])
    assert caught.value.status == 404
