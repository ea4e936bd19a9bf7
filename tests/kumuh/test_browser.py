"""The browser fixtures see what they promise to see."""

import pytest
from django.contrib.auth import get_user_model

pytestmark = pytest.mark.journey


def test_complaints_of_the_browser_are_heard(page, live: str, browser_problems: list[str]):
    page.goto("/healthz")
    assert page.url.startswith(live)
    assert browser_problems == []
    page.evaluate("console.error('aduh')")
    page.evaluate("document.body.innerHTML = '<p style=\"color:red\">x</p>'")
    page.evaluate("setTimeout(() => { throw new Error('jatuh') })")
    page.wait_for_timeout(100)
    assert browser_problems[0] == "aduh"
    assert any("Content Security Policy" in problem for problem in browser_problems)
    assert any("jatuh" in problem for problem in browser_problems)
    browser_problems.clear()


def test_nothing_leaves_this_machine(page, browser_problems: list[str]):
    page.goto("/healthz")
    page.evaluate("location.href = 'http://192.0.2.1/pelacak.png'")
    page.wait_for_timeout(100)
    assert browser_problems[0] == "request to http://192.0.2.1/pelacak.png"
    browser_problems.clear()


def test_signing_in_by_cookie(page, live: str, sign_in):
    user = get_user_model().objects.create_user("petugas", password="rahasia-panjang")
    sign_in(page, user)
    assert [cookie["name"] for cookie in page.context.cookies(live)] == ["sessionid"]
