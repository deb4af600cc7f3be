"""Setting up: the lock files, the make targets, the containers and the documents agree."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from gridgov.celery import app
from gridgov.kit import environment, testing
from gridgov.kit import launch as launch_module
from gridgov.kit.embedded import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
OPERATIONS = (CHECKOUT / "docs" / "operations.md").read_text()
READS = r"""(?:env\.\w+|environ\.get|Env\(\)\.\w+|secrets?)\(\s*["']([A-Z][A-Z_]+)["']"""


def locked(kind: str) -> dict[str, str]:
    text = (CHECKOUT / "requirements" / f"{kind}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-") for line in requirements}


def sources() -> list[Path]:
    ours = ("gridgov", "grids", "cases", "assessment", "residents")
    return [CHECKOUT / "manage.py", CHECKOUT / "gunicorn.conf.py"] + [
        path for room in ours for path in (CHECKOUT / room).rglob("*.py")
    ]


# --- Lock files -------------------------------------------------------------------------------


def test_the_lock_of_tests_contains_the_lock_of_running():
    assert locked("run").items() <= locked("dev").items()


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_every_locked_package_has_a_hash(kind):
    text = (CHECKOUT / "requirements" / f"{kind}.txt").read_text()

    packages = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]

    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_every_dependency_is_locked():
    run = names(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["embedded"])

    assert run - names(list(locked("run"))) == set()
    assert names(PROJECT["optional-dependencies"]["dev"]) - names(list(locked("dev"))) == set()


def test_an_old_python_is_told_so_in_a_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 6))

    with pytest.raises(SystemExit, match=r"gridgov needs Python 3\.11 or newer"):
        environment.refuse_old_python()


def test_a_named_browser_that_is_none_is_refused_with_its_name(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")

    with pytest.raises(SystemExit, match="CHROMIUM names /no/such/browser"):
        environment.chromium()


@pytest.mark.parametrize("port", ["abc", "0", "99999", "-1", ""])
def test_a_port_that_is_none_is_refused_with_its_name(port, monkeypatch):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(SystemExit, match=f"PORT={port} is no port"):
        launch_module.run()


# --- Documents --------------------------------------------------------------------------------


def test_every_environment_variable_is_documented():
    read = {name for path in sources() for name in re.findall(READS, path.read_text())}
    read |= set(re.findall(r"\$\{([A-Z_]+)", (CHECKOUT / "docker-compose.yml").read_text()))

    assert {name for name in read if f"`{name}`" not in OPERATIONS} == set()


def test_make_help_names_every_target_a_person_types():
    shown = subprocess.run(["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout

    assert set(re.findall(r"make (\w+)", shown)) >= {
        "run", "setup", "test", "lint", "fmt", "bench", "shots", "lock", "shell",
    }  # fmt: skip


def test_the_whole_check_is_the_two_commands_a_person_types():
    lines = (CHECKOUT / ".ci" / "run").read_text().splitlines()

    assert [line for line in lines if "make" in line] == ["make lint", "exec make test"]
    assert os.access(CHECKOUT / ".ci" / "run", os.X_OK)


# --- Containers -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["migrate", "web", "worker-clock", "worker-default", "beat"])
def test_a_container_calls_what_exists(name):
    program, *arguments = COMPOSE["services"][name]["command"]

    called = " ".join([program, *arguments])

    assert find_spec(program) or program == "sh"
    assert "gridgov" in called or "manage.py" in called
    for module in re.findall(r"gridgov(?:\.\w+)+", called):
        assert find_spec(module)


def test_every_queue_has_a_worker():
    commands = [" ".join(service.get("command", [])) for service in COMPOSE["services"].values()]

    queues = {queue for command in commands for queue in re.findall(r"-Q (\w+)", command)}

    assert queues == {"clock", app.conf.task_default_queue}


def test_no_secret_has_a_default():
    text = (CHECKOUT / "docker-compose.yml").read_text()

    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "CHAIN_KEY", "DATA_KEYS", "INDEX_KEY"):
        assert set(re.findall(rf"\$\{{{name}(.)", text)) == {":"}
        assert not re.search(rf"\$\{{{name}:[^?]", text)


def test_redis_is_told_to_forget_nothing():
    command = " ".join(COMPOSE["services"]["redis"]["command"])

    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_messages_are_given_back_later_than_the_longest_task():
    with_redis = {**os.environ, "REDIS_URL": "redis://localhost:1/0"}
    question = (
        "from gridgov.celery import app; print(app.conf.broker_transport_options['visibility_timeout'])"
    )

    answer = subprocess.run(
        [sys.executable, "-c", question], cwd=CHECKOUT, env=with_redis, stdout=subprocess.PIPE, check=True
    )

    assert int(answer.stdout) > app.conf.task_time_limit


# --- Everything together ----------------------------------------------------------------------


class Launch:
    """A `make run` of our own: its own var/, its own port, no demo district."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.var = var
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
            "GRIDGOV_VAR": str(var), "GRIDGOV_EMBEDDED": "pg-test", "PORT": str(self.port), "DEMO": "0",
        }  # fmt: skip
        self.output = var.parent / "launch.log"

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command, cwd=CHECKOUT, env=self.environment, stdout=output, stderr=output
            )
        self.wait_for("gridgov is running at")

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "gridgov.kit.launch", "run"]

    def wait_for(self, words: str) -> None:
        until = time.monotonic() + 300  # only there so that a hanging one ends: a busy machine needs its time
        while words not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.1)

    def web(self) -> int:
        groups = re.search(r'"web": (\d+)', (self.var / "run" / "launch.json").read_text())
        assert groups
        return int(groups[1])

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=30).close()
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            return False
        return True


@pytest.fixture
def launch():
    with testing.open_directory() as folder:
        one = Launch(folder / "var")
        try:
            one.start()
            yield one
        finally:
            one.process.terminate()
            one.process.wait(timeout=90)


def test_make_run_serves_and_comes_back_after_kills_and_leaves_nothing_behind(launch):
    assert launch.answers()

    second = subprocess.run(
        launch.command, cwd=CHECKOUT, env=launch.environment, capture_output=True, text=True, check=True
    )
    assert f"is running already at http://127.0.0.1:{launch.port}/" in second.stdout

    web = launch.web()
    os.kill(web, signal.SIGKILL)
    launch.wait_for("web was killed by SIGKILL; starting it again in 1 s.")

    launch.process.kill()
    launch.process.wait()
    launch.start()
    assert launch.answers()

    launch.process.send_signal(signal.SIGINT)
    assert launch.process.wait(timeout=90) == 0
    assert not launch.answers()
    assert not (launch.var / "pg-test" / "data" / "postmaster.pid").exists()
