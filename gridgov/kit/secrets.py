"""Secrets: given by the environment, or for a trial made once and kept under var/ for their owner only."""

import os
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
