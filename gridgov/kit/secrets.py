"""Secrets of a trial installation: made once, kept under var/, readable by their owner only."""

import os
import secrets
from pathlib import Path


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
