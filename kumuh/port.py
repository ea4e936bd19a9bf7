"""Is the port free? Standard library only: asked before anything is installed or started."""

import os
import socket
import sys


def refusal(host: str, text: str) -> str:
    """Why the web server could not listen there, in Indonesian and English; empty when it can."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        return (
            f"PORT={text} bukan nomor port. Tulis angka 1 sampai 65535, misalnya: make run PORT=8001\n"
            f"PORT={text} is not a port number. Write a number from 1 to 65535, for example: make run PORT=8001"
        )
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(text)))
            probe.listen(1)
        except OSError as error:
            other = int(text) + 1 if int(text) < 65535 else 8000
            return (
                f"Port {text} tidak bisa dipakai ({error.strerror}). "
                f"Hentikan program yang memakainya, atau pilih port lain: make run PORT={other}\n"
                f"Port {text} cannot be used ({error.strerror}). "
                f"Stop the program that uses it, or choose another port: make run PORT={other}"
            )
    return ""


if __name__ == "__main__":
    words = refusal(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")
    if words:
        sys.exit(sys.stderr.write(words + "\n") and 2)
