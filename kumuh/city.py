"""The file that says which city this is."""

import tomllib
import zoneinfo
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NEEDED = ("kode", "nama", "zona_waktu")


def read_city(path: Path) -> dict[str, Any]:
    """The city as written in its TOML file; what it must have is checked, the rest is its readers' business."""
    try:
        city = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ImproperlyConfigured(f"CITY_FILE {path} does not exist: name one like data/kupang/kota.toml.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"CITY_FILE {path} is not readable as TOML: {error}.") from None
    missing = [name for name in NEEDED if not isinstance(city.get(name), str)]
    if missing:
        raise ImproperlyConfigured(f"CITY_FILE {path} does not say {', '.join(missing)}.")
    if city["zona_waktu"] not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"CITY_FILE {path}: zona_waktu {city['zona_waktu']!r} is not a time zone.")
    return city
