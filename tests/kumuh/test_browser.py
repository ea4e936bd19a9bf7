"""The browser fixtures see what they promise to see."""

import pytest
from django.contrib.auth import get_user_model

from tests.waiting import eventually

pytestmark = pytest.mark.journey


def heard(page, problems: list[str], words: str) -> bool:
    # Any question to the page lets its waiting events through
    page.context.cookies()
    return any(words in problem for problem in problems)


def test_complaints_of_the_browser_are_heard(page, live: str, browser_problems: list[str]):
    page.goto("/healthz")
    assert page.url.startswith(live)
    assert browser_problems == []
    page.evaluate("console.error('aduh')")
    page.evaluate("document.body.innerHTML = '<p style=\"color:red\">x</p>'")
    page.evaluate("setTimeout(() => { throw new Error('jatuh') })")
    for words in ("aduh", "Content Security Policy", "jatuh"):
        eventually(lambda words=words: heard(page, browser_problems, words), 5, words)
    browser_problems.clear()


def test_nothing_leaves_this_machine(page, browser_problems: list[str]):
    page.goto("/healthz")
    page.evaluate("location.href = 'http://192.0.2.1/pelacak.png'")
    eventually(lambda: heard(page, browser_problems, "request to http://192.0.2.1/pelacak.png"), 5)
    browser_problems.clear()


def test_signing_in_by_cookie(page, live: str, sign_in):
    user = get_user_model().objects.create_user("petugas", password="rahasia-panjang")
    sign_in(page, user)
    assert [cookie["name"] for cookie in page.context.cookies(live)] == ["sessionid"]
