"""A folder that somebody names: its photos are found, and nothing in it stops the rest."""

import os
import time
from pathlib import Path

import pytest

from app.teaching.walking import walk


def lay(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def codes(root: Path) -> dict[str, str]:
    return {name: problem.code for name, problem in walk(root).refused}


def test_each_photo_bears_the_name_of_the_folder_it_lies_in(tmp_path: Path) -> None:
    lay(tmp_path, "roses/b.jpg", "roses/a.jpg", "more/pine  tree/c.png", "roses/wild/d.jpg")
    found = walk(tmp_path)
    assert [(one.name, one.label) for one in found.photos] == [
        ("more/pine  tree/c.png", "pine tree"),
        ("roses/a.jpg", "roses"),
        ("roses/b.jpg", "roses"),
        ("roses/wild/d.jpg", "wild"),
    ]
    assert found.photos[1].path == tmp_path.resolve() / "roses" / "a.jpg"
    assert not found.ignored and not found.refused


def test_photos_in_no_sub_folder_need_a_label(tmp_path: Path) -> None:
    lay(tmp_path, "a.jpg", "wild/b.jpg")
    assert codes(tmp_path) == {"a.jpg": "no-label-folder"}
    found = walk(tmp_path, "rose")
    assert [(one.name, one.label) for one in found.photos] == [
        ("a.jpg", "rose"),
        ("wild/b.jpg", "rose"),
    ]


def test_what_is_no_photo_is_ignored_and_listed(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "roses/.DS_Store", "roses/a.jpg", "roses/Thumbs.db", ".git/x.jpg", "__MACOSX/roses/a.jpg",
        "LICENSE.txt", "roses/.ipynb_checkpoints/a.jpg",
    )  # fmt: skip
    os.mkfifo(tmp_path / "roses" / "pipe.jpg")
    found = walk(tmp_path)
    assert [one.name for one in found.photos] == ["roses/a.jpg"]
    assert found.ignored == [
        ".git/", "LICENSE.txt", "__MACOSX/", "roses/.DS_Store", "roses/.ipynb_checkpoints/",
        "roses/Thumbs.db", "roses/pipe.jpg",
    ]  # fmt: skip


def test_links_are_followed_to_files_within_the_folder_only(tmp_path: Path) -> None:
    root = tmp_path / "photos"
    lay(root, "roses/a.jpg")
    lay(tmp_path, "secret/b.jpg", "photos-more/c.jpg")
    (root / "roses" / "inside.jpg").symlink_to("a.jpg")
    (root / "roses" / "outside.jpg").symlink_to("../../secret/b.jpg")
    (root / "roses" / "beside.jpg").symlink_to(tmp_path / "photos-more" / "c.jpg")
    (root / "roses" / "circle").symlink_to("..")
    (root / "tulips").symlink_to(tmp_path / "secret")
    (root / "roses" / "nowhere.jpg").symlink_to("gone.jpg")
    (root / "roses" / "itself.jpg").symlink_to("itself.jpg")
    assert [one.name for one in walk(root).photos] == ["roses/a.jpg", "roses/inside.jpg"]
    assert codes(root) == {
        "roses/outside.jpg": "link-not-followed",
        "roses/beside.jpg": "link-not-followed",
        "roses/circle": "link-not-followed",
        "tulips": "link-not-followed",
        "roses/nowhere.jpg": "file-unreadable",
        "roses/itself.jpg": "file-unreadable",
    }


def test_a_folder_that_is_itself_a_link_is_walked(tmp_path: Path) -> None:
    lay(tmp_path, "photos/roses/a.jpg")
    (tmp_path / "link").symlink_to("photos")
    assert [one.name for one in walk(tmp_path / "link").photos] == ["roses/a.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_refused_and_stops_nothing(tmp_path: Path) -> None:
    lay(tmp_path, "roses/a.jpg", "tulips/b.jpg")
    (tmp_path / "roses").chmod(0)
    assert codes(tmp_path) == {"roses": "file-unreadable"}
    assert [one.name for one in walk(tmp_path).photos] == ["tulips/b.jpg"]


def test_names_that_cannot_be_labels_are_refused_and_shown_as_text(tmp_path: Path) -> None:
    lay(tmp_path, "roses/a.jpg", "ro\nse/b.jpg", "x" * 120 + "/c.jpg", "roses/\udcff.jpg")
    lay(tmp_path, "\udcff/d.jpg", "<b>/e.jpg")
    found = walk(tmp_path)
    assert [one.name for one in found.photos] == ["<b>/e.jpg", "roses/a.jpg", "roses/\ufffd.jpg"]
    assert codes(tmp_path) == {
        "ro\nse/b.jpg": "invalid-label",
        "x" * 120 + "/c.jpg": "invalid-label",
        "\ufffd/d.jpg": "invalid-text",
    }


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        walk(tmp_path / "gone")
    lay(tmp_path, "a.jpg")
    with pytest.raises(NotADirectoryError):
        walk(tmp_path / "a.jpg")


def test_ten_thousand_photos_are_found_in_a_moment(tmp_path: Path) -> None:
    (tmp_path / "roses").mkdir()
    for number in range(10_000):
        (tmp_path / "roses" / f"{number}.jpg").touch()
    began = time.process_time()
    assert len(walk(tmp_path).photos) == 10_000
    assert time.process_time() - began < 2
