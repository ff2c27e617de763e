"""The policy of a page allows what the page holds and nothing else."""

import base64
import hashlib

import pytest

from hooks.policy import MARK, headers, policy, script_hashes, with_policy


def source_of(script):
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def test_each_inline_script_is_allowed_by_its_digest():
    html = f'<head><meta content="{MARK}"></head><script>a = 1</script><body><SCRIPT\n>b = "é"</SCRIPT>'

    page = with_policy(html)

    assert MARK not in page
    assert source_of("a = 1") in page
    assert source_of('b = "é"') in page


def test_no_other_inline_script_is_allowed():
    assert "'unsafe-inline'" not in policy({source_of("a = 1")}).split("style-src")[0]


@pytest.mark.parametrize(
    "html",
    [
        '<script src="a.js"></script>',
        '<script type="module" src="a.js"></script>',
        '<script id="__config" type="application/json">{"a": 1}</script>',
        '<script type="application/ld+json">{}</script>',
        "no script",
    ],
)
def test_files_and_data_need_no_digest(html):
    assert script_hashes(html) == set()


def test_the_same_scripts_give_the_same_text():
    assert policy(["'b'", "'a'"]) == policy(["'a'", "'b'"])


@pytest.mark.parametrize(
    "directive", ["default-src 'none'", "base-uri 'none'", "object-src 'none'", "connect-src 'self'"]
)
def test_what_is_not_needed_is_forbidden(directive):
    assert directive in policy([]).split("; ")


def test_a_directive_that_browsers_ignore_in_pages_stands_in_the_header_alone():
    assert "frame-ancestors" not in policy([])
    assert "frame-ancestors 'none'" in headers([])


def test_no_other_host_is_allowed():
    assert "http" not in policy([source_of("x")])


def test_a_preview_may_run_the_reload_script_which_changes_with_each_build():
    page = with_policy(f'<meta content="{MARK}"><script>reload()</script>', any_script=True)

    assert "script-src 'self' 'unsafe-inline';" in page
