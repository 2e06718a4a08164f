"""What the container is made from, read without building it. tests/test_container.py builds it."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import safetensors
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", ".container/build.lock")
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8"))
STEPS = [
    (step.split(maxsplit=1)[0], step.split(maxsplit=1)[1])
    for step in DOCKERFILE.splitlines()
    if step and not step.startswith("#")
]
LAST = STEPS[max(n for n, (step, _) in enumerate(STEPS) if step == "FROM") :]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _locked(name: str) -> dict[str, list[Requirement]]:
    """The pins of a lock by package; there are several where platforms need different ones."""
    pins: dict[str, list[Requirement]] = {}
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pin = Requirement(line.split(" --hash=")[0])
            pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


def _version(pin: Requirement) -> str:
    (only,) = pin.specifier
    assert only.operator == "=="
    return only.version


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pinned = r"[\w.-]+==[\w.+!]+( ; [^\\\n]+?)?( \\\n +--hash=sha256:[0-9a-f]{64})+"
    for block in re.split(r"\n(?! )", text.strip()):
        assert block.startswith("#") or re.fullmatch(pinned, block), block
    assert "://" not in text


def test_the_lock_covers_every_core_dependency_within_its_bounds() -> None:
    pins = _locked("requirements.lock")
    for dependency in map(Requirement, PROJECT["project"]["dependencies"]):
        found = pins[canonicalize_name(dependency.name)]
        assert all(_version(pin) in dependency.specifier for pin in found), dependency
    for dependency in map(Requirement, PROJECT["build-system"]["requires"]):
        (pin,) = _locked(".container/build.lock")[dependency.name]
        assert _version(pin) in dependency.specifier


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_each_platform_gets_one_tensorflow_of_the_same_version(machine: str) -> None:
    pins = _locked("requirements.lock")
    both = pins["tensorflow"] + pins["tensorflow-cpu"]
    assert len({_version(pin) for pin in both}) == 1
    surrounding = {"platform_machine": machine, "python_full_version": "3.11.2"}
    chosen = [pin.name for pin in both if not pin.marker or pin.marker.evaluate(surrounding)]
    assert chosen == ["tensorflow-cpu" if machine == "x86_64" else "tensorflow"]


def test_no_gpu_library_is_in_the_lock() -> None:
    assert not [name for name in _locked("requirements.lock") if re.match("nvidia|cuda|jax", name)]


def test_every_stage_starts_from_the_same_base_with_a_tag() -> None:
    bases = {what.split()[0] for step, what in STEPS if step == "FROM"} - {"parts"}
    assert bases == {"docker.io/library/python:${PYTHON}"}
    assert ("ARG", "PYTHON=3.11-slim") in STEPS


def test_nothing_needs_another_builder_or_another_host() -> None:
    assert not re.search(r"--mount|--link|--chmod|<<|^# *syntax", DOCKERFILE, re.M)
    for name in ("Dockerfile", "compose.yaml", ".dockerignore"):
        assert "://" not in (ROOT / name).read_text("utf-8")
    assert not re.search(r"\b(apt|apt-get|curl|wget|git|ADD)\b", DOCKERFILE)


def test_pip_installs_only_what_the_locks_name() -> None:
    calls = re.findall(r"\bpip (?:--python \S+ )?(?:install|wheel)\b[^&\n]*", DOCKERFILE)
    assert len(calls) == 4
    for call in calls:
        assert "--require-hashes -r" in call or "--no-index --no-deps" in call, call


def test_what_is_copied_is_there_and_let_through() -> None:
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    }
    copied = set()
    for step, what in STEPS:
        if step == "COPY" and "--from" not in what:
            copied |= set(what.split()[:-1])
    assert {name.split("/")[0] for name in copied} == let_through
    assert all((ROOT / name).exists() for name in copied)
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"], "README.md", "LICENSE"} <= copied


def test_it_runs_as_nobody_and_keeps_everything_in_data() -> None:
    assert ("USER", "10001:10001") in LAST
    assert ("VOLUME", "/data") in LAST
    assert ("EXPOSE", "8000") in LAST
    for step in ("ENTRYPOINT", "CMD"):
        (words,) = [what for name, what in LAST if name == step]
        assert isinstance(json.loads(words), list)
    assert [step for step, _ in LAST].index("USER") > [step for step, _ in LAST].index("RUN")


def test_its_settings_are_settings() -> None:
    (given,) = [dict(w.split("=", 1) for w in shlex.split(what)) for s, what in LAST if s == "ENV"]
    settings = Settings.from_environment({k: v for k, v in given.items() if k.startswith(PREFIX)})
    assert (settings.host, settings.port, str(settings.data)) == ("0.0.0.0", 8000, "/data")
    assert str(settings.prepared) == "/opt/blomst/prepared/derived"
    assert given["TMPDIR"] == "/data/tmp"


def test_the_health_check_tells_a_ready_server_from_none(live_server: str) -> None:
    (check,) = [what for step, what in LAST if step == "HEALTHCHECK"]
    command: list[str] = json.loads(check[check.index("[") :])
    assert command[0] == "python"
    port = live_server.rsplit(":", 1)[1]
    for number, code in ((port, 0), ("1", 1)):
        done = subprocess.run(
            [sys.executable, *command[1:]], env={"BLOMST_PORT": number}, capture_output=True
        )
        assert done.returncode == code


@pytest.mark.parametrize(
    "line",
    [
        'ports: ["127.0.0.1:8000:8000"]', 'volumes: ["blomst:/data"]', "read_only: true",
        "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "restart: unless-stopped",
    ],
)  # fmt: skip
def test_compose_runs_it_as_narrowly_as_it_can(line: str) -> None:
    assert f"\n    {line}\n" in (ROOT / "compose.yaml").read_text("utf-8")


def test_libraries_load_without_their_symbol_tables(tmp_path: Path) -> None:
    (library,) = Path(safetensors.__file__).parent.glob("_safetensors_rust*.so")
    shutil.copy(library, tmp_path)
    (tmp_path / "script.so").write_text("INPUT(elsewhere)")
    run = [sys.executable, str(ROOT / ".container" / "strip.py"), str(tmp_path)]
    said = [subprocess.run(run, check=True, capture_output=True, text=True) for _ in range(2)]
    stripped = tmp_path / library.name
    if sys.platform == "linux":
        assert stripped.stat().st_size < library.stat().st_size
    assert said[1].stdout.startswith("0 MB")
    assert (tmp_path / "script.so").read_text() == "INPUT(elsewhere)"
    load = "import _safetensors_rust as m; print(bytes(m.serialize({}, None))[8:])"
    again = subprocess.run(
        [sys.executable, "-c", load], env={"PYTHONPATH": str(tmp_path)}, text=True,
        capture_output=True,
    )  # fmt: skip
    assert again.stdout.strip() == "b'{}      '", again.stderr
