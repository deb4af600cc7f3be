"""Secrets: given by the environment, or for a trial made once and kept under var/ for their owner only."""

import os
import re
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SHORTEST = 32


def secret(name: str, var_dir: Path, *, required: bool) -> str:
    """The secret of the environment variable `name`; a trial that has none gets one made.

    In service (`required`) a secret that is missing or easily guessed is refused with a sentence.
    """
    given = os.environ.get(name, "")
    if required and len(given) < SHORTEST:
        raise ImproperlyConfigured(
            f"With TLS=1 set {name} to a secret of at least {SHORTEST} characters, and keep a copy: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return given or local_secret(var_dir, name.lower())


def numbered_secrets(name: str, var_dir: Path, *, required: bool) -> list[tuple[int, str]]:
    """Secrets that replace each other in time, as `2:newest,1:older`; the first one is today's.

    A trial has one, made on first use. What cannot be read is refused with a sentence.
    """
    given = os.environ.get(name, "")
    if not given and not required:
        return [(1, local_secret(var_dir, name.lower()))]
    found = [(int(number or 0), text) for number, text in re.findall(r"(\d*):([^,]*)", given)]
    numbers = {number for number, _text in found}
    if (
        len(numbers) != len(given.split(","))
        or not all(1 <= number <= 255 for number in numbers)
        or any(len(text) < SHORTEST for _number, text in found)
    ):
        raise ImproperlyConfigured(
            f"Set {name} to number:secret, the newest first and older ones after commas; numbers from 1 to 255,"
            f" each once, secrets of at least {SHORTEST} characters without commas. Keep a copy."
        )
    return found


def local_secret(var_dir: Path, name: str) -> str:
    """The secret called `name`, made on first use.

    Two processes that start together agree: whoever links the file first has made the secret.
    """
    path = var_dir / name
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        draft = var_dir / f".{name}.{os.getpid()}"
        draft.write_text(secrets.token_urlsafe(50))
        draft.chmod(0o600)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
