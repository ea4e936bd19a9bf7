"""What all tests share. Services start with the first test that opens the database; tests of pure rules need none."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from kumuh import services
from tests.programs import Worker, chromium

OWN_HOSTS = {"127.0.0.1", "localhost"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_unconfigure() -> None:
    """Stop the services of this run and remove its folder."""
    if "KUMUH_TEST_DATA" not in os.environ or not settings.configured:
        return
    if services.held(settings.DATA_DIR):
        services.release(settings.DATA_DIR)
        services.wait_until_stopped(settings.DATA_DIR)
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if DATABASE_FIXTURES & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture(scope="session")
def _worker(django_db_setup: None) -> Iterator[Worker]:
    running = Worker()
    yield running
    running.stop()


@pytest.fixture
def worker(transactional_db: None, _worker: Worker) -> Iterator[Worker]:
    """A real Celery worker on the test database. At the end of the test it has nothing left to do."""
    _worker.start()
    yield _worker
    _worker.start()
    _worker.settle()


@pytest.fixture
def live(live_server: Any) -> str:
    """Address of the running site, static files included: "http://localhost:port"."""
    return live_server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium. A missing browser fails the test: nothing is skipped in silence."""
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous driver runs an event loop in this thread; the ORM is still called from one thread only
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium())
        yield running
        running.close()


@pytest.fixture
def browser_problems() -> list[str]:
    """What the browser complained about so far. A test that provokes an error reads and clears the list."""
    return []


@pytest.fixture
def page(live: str, browser: Any, browser_problems: list[str]) -> Iterator[Any]:
    """A tab on the live site. Fails on console errors, policy violations, and any request that leaves this machine."""
    context = browser.new_context(base_url=live, locale="id-ID", accept_downloads=True)
    context.set_default_timeout(10_000)

    def watch(route: Any) -> None:
        if urlsplit(route.request.url).hostname in OWN_HOSTS:
            route.continue_()
        else:
            browser_problems.append(f"request to {route.request.url}")
            route.abort()

    context.route("http*://**/*", watch)
    context.on("console", lambda message: browser_problems.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: browser_problems.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert browser_problems == []


@pytest.fixture
def sign_in(live: str) -> Callable[[Any, Any], None]:
    """sign_in(page, user): log in without the form, by session cookie."""

    def act(page: Any, user: Any) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live}])

    return act
