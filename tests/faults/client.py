"""A person at the site, by plain HTTP: what an answer acknowledges is what the person was promised."""

from __future__ import annotations

import contextlib
import http.client
import http.cookies
import re
from collections.abc import Callable
from urllib.parse import urlencode

BOUNDARY = "batas-uji-gangguan"
LOST = (OSError, http.client.HTTPException)


class NotAcknowledged(Exception):
    """No answer, or one that promises nothing."""


class Person:
    def __init__(self, port: int, username: str) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.get("/masuk/")
        status, where, _ = self.post("/masuk/", {"akun": username})
        if status != 302:
            raise NotAcknowledged(f"log-in: {status} {where}")

    def get(self, path: str) -> str:
        return self._ask("GET", path)[2]

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        return self._ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def send_file(self, content: bytes, halfway: Callable[[], None] | None = None) -> int:
        """Upload a sheet; its number. `halfway` happens when half of it is on its way."""
        body = _multipart({"aturan": "permen-14-2018", "tahun": ""}, content)
        status, where, _ = self._ask("POST", "/unggah/", body, f"multipart/form-data; boundary={BOUNDARY}", halfway)
        return _number(status, where)

    def apply(self, upload: int) -> int:
        """Ask to apply, as the form on the page would."""
        path = f"/unggah/{upload}/perubahan/"
        fields = {**_inputs(self.get(path)), "alasan": "uji gangguan"}
        status, where, _ = self.post(path, fields)
        return _number(status, where)

    def save(self, kode: str, year: int, reason: str, **fields: str) -> None:
        """Correct the record of a place in its form."""
        path = f"/data/{kode}/{year}/"
        stored = _inputs(self.get(path))
        status, where, _ = self.post(path, {**stored, **fields, "alasan": reason, "aksi": "simpan"})
        if status != 302 or not where.startswith("/data/"):
            raise NotAcknowledged(f"{status} {where}")

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        kind: str = "",
        halfway: Callable[[], None] | None = None,
    ) -> tuple[int, str, str]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=70)) as connection:
            try:
                connection.putrequest(method, path)
                for name, value in self._headers(body, kind).items():
                    connection.putheader(name, value)
                connection.endheaders()
                half = len(body) // 2
                connection.send(body[:half])
                if halfway:
                    halfway()
                connection.send(body[half:])
                answer = connection.getresponse()
                text = answer.read().decode(errors="replace")
            except LOST as error:
                raise NotAcknowledged(f"{type(error).__name__}: {error}") from error
            self._keep_cookies(answer)
            return answer.status, answer.headers.get("Location", ""), text

    def _headers(self, body: bytes, kind: str) -> dict[str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if kind:
            headers |= {"Content-Type": kind, "Content-Length": str(len(body))}
            headers |= {"X-CSRFToken": self.cookies["csrftoken"]}
        return headers

    def _keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(header).items():
                self.cookies[name] = morsel.value


def _number(status: int, where: str) -> int:
    found = re.fullmatch(r"/unggah/(\d+)/", where)
    if status != 302 or not found:
        raise NotAcknowledged(f"{status} {where}")
    return int(found[1])


def _multipart(fields: dict[str, str], content: bytes) -> bytes:
    lines = []
    for name, value in fields.items():
        lines += [f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{name}"', "", value]
    head = [
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="berkas"; filename="data.xlsx"',
        "Content-Type: application/octet-stream",
        "",
        "",
    ]
    return "\r\n".join([*lines, *head]).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def _inputs(page: str) -> dict[str, str]:
    """Fields of the page's forms: hidden ones, numbers of a record, and ticks that stand for "I have seen it"."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        name, kind = attributes.get("name", ""), attributes.get("type", "text")
        if kind == "hidden" or name.startswith("f_"):
            fields[name] = attributes.get("value", "")
        elif kind == "checkbox" and name.startswith(("setuju", "lewati")):
            fields[name] = "on"
    return fields
