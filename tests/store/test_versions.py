import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.store.versions import (
    StoredVersion,
    VersionDamaged,
    VersionExists,
    read_version,
    write_version,
)

MANIFEST: dict[str, Any] = {
    "model": "trees",
    "labels": [{"label": "oak"}, {"label": "elm"}],
    "temperature": 1.25,
}
ARRAYS = {
    "weights": np.arange(12, dtype=np.float32).reshape(6, 2),
    "bias": np.array([0.5, -0.5], np.float32),
}
DOCUMENTS: dict[str, str | bytes] = {
    "report.json": "{}",
    "card.nb.md": "# Trær\n",
    "snapshot.safetensors": b"\x00\xff bytes",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "versions" / "1"
    write_version(place, MANIFEST, ARRAYS, DOCUMENTS)
    return place


def test_a_version_comes_back_as_it_was_written(folder: Path) -> None:
    stored = read_version(folder)
    assert isinstance(stored, StoredVersion)
    assert {key: stored.manifest[key] for key in MANIFEST} == MANIFEST
    for name, array in ARRAYS.items():
        assert np.array_equal(stored.arrays[name], array)
    assert stored.documents == {
        "report.json": b"{}",
        "card.nb.md": "# Trær\n".encode(),
        "snapshot.safetensors": b"\x00\xff bytes",
    }
    assert set(stored.manifest["files"]) == {"head.safetensors", *DOCUMENTS}


def test_nothing_is_left_beside_it(folder: Path) -> None:
    assert [path.name for path in folder.parent.iterdir()] == ["1"]


def test_versions_never_change(folder: Path) -> None:
    with pytest.raises(VersionExists):
        write_version(folder, MANIFEST, ARRAYS, {})
    assert read_version(folder).manifest["files"].keys() >= DOCUMENTS.keys()


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    def no_space(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("app.store.versions.sync", no_space)
    with pytest.raises(OSError, match="no space"):
        write_version(tmp_path / "1", MANIFEST, ARRAYS, DOCUMENTS)
    assert list(tmp_path.iterdir()) == []


def test_any_changed_byte_is_noticed(folder: Path) -> None:
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        for at in range(0, len(whole), max(1, len(whole) // 25)):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(VersionDamaged):
                read_version(folder)
        file.write_bytes(whole)
    read_version(folder)


def test_any_file_cut_short_or_missing_is_noticed(folder: Path) -> None:
    for file in sorted(folder.iterdir()):
        whole = file.read_bytes()
        file.write_bytes(whole[:-2])
        with pytest.raises(VersionDamaged):
            read_version(folder)
        file.unlink()
        with pytest.raises(VersionDamaged):
            read_version(folder)
        file.write_bytes(whole)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 2}', b"\xff", b"[" * 100_000])
def test_a_manifest_of_another_kind_is_noticed(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(VersionDamaged, match=r"manifest\.json"):
        read_version(folder)


@pytest.mark.parametrize(
    ("arrays", "fault"),
    [
        ({"weights": ARRAYS["weights"]}, "weights and bias"),
        ({**ARRAYS, "extra": ARRAYS["bias"]}, "weights and bias"),
        ({**ARRAYS, "bias": np.zeros(3, np.float32)}, "bias of shape"),
        ({**ARRAYS, "bias": np.zeros(2)}, "float32"),
        ({**ARRAYS, "bias": np.array([0, np.nan], np.float32)}, "not finite"),
        ({**ARRAYS, "weights": np.full((6, 2), np.inf, np.float32)}, "not finite"),
        ({**ARRAYS, "weights": np.zeros((6, 3), np.float32)}, "weights of shape"),
    ],
)
def test_what_is_no_head_is_never_kept(tmp_path: Path, arrays: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        write_version(tmp_path / "1", MANIFEST, arrays, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf"), None, "1"])
def test_a_temperature_must_be_a_positive_number(tmp_path: Path, temperature: Any) -> None:
    with pytest.raises(ValueError, match="temperature"):
        write_version(tmp_path / "1", {**MANIFEST, "temperature": temperature}, ARRAYS, {})


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "manifest.json", "head.safetensors"])
def test_documents_have_plain_names_of_their_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be called"):
        write_version(tmp_path / "1", MANIFEST, ARRAYS, {name: ""})


def test_the_manifest_cannot_reach_outside_its_folder(folder: Path) -> None:
    (folder.parent / "secret").write_text("{}")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["../secret"] = manifest["files"]["report.json"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(VersionDamaged):
        read_version(folder)
