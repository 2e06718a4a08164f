"""How far a training is, and how long it still takes."""

import json
from pathlib import Path

from app.teaching.progress import FILE, Progress, Tail


def epoch(number: int, of: int = 40) -> bytes:
    return json.dumps({"phase": "learning", "epoch": number, "epochs": of}).encode()


def test_half_a_line_is_left_until_all_of_it_is_there(tmp_path: Path) -> None:
    tail = Tail(tmp_path / FILE)
    assert tail.lines() == []
    with (tmp_path / FILE).open("ab") as file:
        file.write(epoch(1) + b"\n" + epoch(2)[:9])
        file.flush()
        assert tail.lines() == [epoch(1)]
        file.write(epoch(2)[9:] + b"\n")
        file.flush()
        assert tail.lines() == [epoch(2)]
    assert tail.lines() == []


def test_a_line_that_cannot_be_read_only_counts() -> None:
    progress = Progress().after([epoch(1), b"{", b"[1]", b"\xff", epoch(2)], 0.0)
    assert (progress.line, progress.epoch, len(progress.history)) == (5, 2, 2)


def test_the_time_left_follows_the_pace() -> None:
    began = Progress().entering("starting", 0.0)
    at_once = began.after([epoch(1), epoch(2), epoch(3)], 4.0)
    assert began.seconds_left(40, 0.0) == 5 + 4 + 2
    assert at_once.seconds_left(40, 4.0) == 4 + 2  # no pace yet
    later = at_once.after([epoch(13)], 9.0)  # twelve epochs in five seconds
    assert abs((later.seconds_left(40, 9.0) or 0) - (27 * 5 / 12 + 2)) < 0.01
    assert (later.seconds_left(40, 100.0), Progress().seconds_left(40, 0.0)) == (2.0, None)


def test_the_time_left_while_looking_counts_what_comes_after() -> None:
    looking = [json.dumps({"phase": "looking", "done": n, "total": 100}).encode() for n in (0, 50)]
    progress = Progress().after(looking[:1], 0.0).after(looking[1:], 10.0)
    assert progress.seconds_left(40, 10.0) == 10 + 5 + 4 + 2
