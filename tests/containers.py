"""Builds the image and runs it where no container engine is: buildah makes it, crun runs it.

crun is the runtime that engines call too: the root is really read-only, the process really has no
capabilities, no way to new privileges and a network of its own with nothing but a loopback in it.
What an engine adds to that is not here: its seccomp and AppArmor profiles, limits by cgroups,
published ports, a volume filled from the image, and calling the health check on time.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
IMAGE = "localhost/blomst-test"

ENVIRONMENT = {
    **os.environ,
    "STORAGE_DRIVER": os.environ.get("STORAGE_DRIVER", "vfs"),
    "BUILDAH_ISOLATION": "chroot",
    "BUILDAH_FORMAT": "docker",  # the other format has no health check
}


def buildah(*arguments: str, timeout: float = 120) -> str:
    done = subprocess.run(
        ["buildah", *arguments], env=ENVIRONMENT, cwd=ROOT, text=True, timeout=timeout,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, f"buildah {arguments[0]}:\n{done.stdout[-3000:]}{done.stderr}"
    return done.stdout.strip()


def need_tools() -> None:
    """Skips, saying why, where an image can be neither built nor run."""
    missing = [t for t in ("buildah", "crun", "unshare", "nsenter") if not shutil.which(t)]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: apt-get install buildah crun util-linux")
    if os.geteuid() != 0:
        pytest.skip("building and running an image without an engine needs root")
    (base,) = {
        line.removeprefix("FROM ").split()[0].replace("${PYTHON}", "3.11-slim")
        for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("FROM docker.io/")
    }
    if base not in buildah("images", "--format", "{{.Name}}:{{.Tag}}").splitlines():
        pytest.skip(f"no image {base}: pull it, or make a stand-in and give it this name")


@contextmanager
def built() -> Iterator[str]:
    """The image, built from the Dockerfile with nothing but the package index, and then removed.

    BLOMST_TEST_IMAGE names one that is there already.
    """
    if there := os.environ.get("BLOMST_TEST_IMAGE"):
        yield there
        return
    tag = ["--tag", IMAGE, "."]
    buildah("bud", "--pull-never", "--network", "host", *tag, timeout=1500)
    try:
        yield IMAGE
    finally:
        buildah("rmi", "--force", IMAGE)


@contextmanager
def unpacked(image: str) -> Iterator[Path]:
    """The image's files, in a container of its own."""
    container = buildah("from", "--pull-never", image)
    try:
        yield Path(buildah("mount", container))
    finally:
        buildah("rm", container)


def configuration(image: str) -> dict[str, Any]:
    """What the image says of how it is to be run."""
    found: dict[str, Any] = json.loads(buildah("inspect", "--type", "image", image))["Docker"]
    return dict(found["config"])


@dataclass
class Box:
    """A running container: `docker run --read-only --cap-drop ALL --network none`, with a /data."""

    files: Path
    config: Mapping[str, Any]
    folder: Path
    arguments: Sequence[str] = ()
    name: str = "blomst-test"
    began: float = 0.0
    ready_after: float = 0.0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def __enter__(self) -> "Box":
        user, group = (int(part) for part in self.config["User"].split(":"))
        self.data.mkdir(parents=True, exist_ok=True)
        os.chown(self.data, user, group)
        self._specify(user, group)
        (self.folder / "pid").unlink(missing_ok=True)
        run = [
            "crun", "--root", str(self.folder / "crun"), "--cgroup-manager=disabled",
            "run", "--bundle", str(self.folder), "--pid-file", str(self.folder / "pid"), self.name,
        ]  # fmt: skip
        # crun refuses machines with both kinds of cgroups, even where it is to use none.
        hidden = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"'
        self.began = time.monotonic()
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", hidden, "sh", *run],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self) -> int:
        """Asks it to stop, as an engine does, and returns its exit code."""
        os.kill(self.pid, 15)
        return self.process.wait(30)

    def _specify(self, user: int, group: int) -> None:
        file = self.folder / "config.json"
        file.unlink(missing_ok=True)
        subprocess.run(["crun", "spec"], cwd=self.folder, check=True)
        spec = json.loads(file.read_text())
        spec["root"] = {"path": str(self.files), "readonly": True}
        nothing: dict[str, list[str]] = {kind: [] for kind in spec["process"]["capabilities"]}
        spec["process"] |= {
            "terminal": False,
            "user": {"uid": user, "gid": group},
            "args": [*self.config["Entrypoint"], *(self.arguments or self.config["Cmd"])],
            "env": self.config["Env"],
            "capabilities": nothing,
            "noNewPrivileges": True,
        }
        spec["mounts"].append(
            {"destination": "/data", "type": "bind", "source": str(self.data), "options": ["rbind"]}
        )
        file.write_text(json.dumps(spec))

    def inside(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """A command among its files, on its network and as its user, as `docker exec` runs it."""
        user, group = self.config["User"].split(":")
        return subprocess.run(
            ["nsenter", "--target", str(self.pid), "--mount", "--net", "--pid", "--root", "--wd",
             "--setuid", user, "--setgid", group, "env", "--ignore-environment",
             *self.config["Env"], *command],
            text=True, capture_output=True, timeout=60,
        )  # fmt: skip

    def ask(self, method: str, path: str, key: str = "", body: bytes = b"") -> tuple[int, str]:
        """A request from its own network, the only one it has, made by this Python."""
        asking = (
            "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=30)"
            "; m, p, k = sys.argv[1:]; h = {'Content-Type': 'image/jpeg'}"
            "; k and h.update(Authorization='Bearer ' + k)"
            "; c.request(m, p, sys.stdin.buffer.read() or None, h); r = c.getresponse()"
            "; print(r.status); print(r.read().decode())"
        )
        done = subprocess.run(
            ["nsenter", "--target", str(self.pid), "--net", sys.executable, "-c", asking,
             method, path, key],
            input=body, capture_output=True, timeout=60,
        )  # fmt: skip
        if done.returncode:
            raise ConnectionError(done.stderr.decode())
        status, _, answer = done.stdout.decode().partition("\n")
        return int(status), answer

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Until it says so; `ready_after` are the seconds from its start."""
        while time.monotonic() < self.began + seconds and self.process.poll() is None:
            try:
                if (self.folder / "pid").exists() and self.ask("GET", "/readyz")[0] == 200:
                    self.ready_after = time.monotonic() - self.began
                    return
            except (ConnectionError, ValueError):
                time.sleep(0.05)
        pytest.fail(f"it did not get ready:\n{self.log}")
