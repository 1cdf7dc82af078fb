from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sfdag_magics.engine.wire.tokens import Keys, Kind
from sfdag_magics.engine.workers.jobs import LogRecord
from sfdag_magics.engine.workers.logs import (
    BEGINS_AGAIN,
    HEAD_BYTES,
    TAIL_BYTES,
    LogStore,
    entries_of,
)


def messages(store: LogStore) -> list[str]:
    return [entry.line["message"] for path in store.files() for entry in entries_of(path)]


def test_a_job_that_says_nothing_leaves_no_file(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    store.open("quiet", {}).close()

    assert store.files() == ()


def test_lines_that_come_in_pieces_are_put_together(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("query", {})
    log.output("stdout", b"one\ntw")
    log.output("stderr", b"aside\n")
    log.output("stdout", b"o\nrest")

    assert messages(store) == ["one", "aside", "two"]
    log.close()
    assert messages(store) == ["one", "aside", "two", "rest"]


def test_entries_carry_what_they_belong_to(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("query", {"snow.query.id": "query"})
    log.record(LogRecord(level="INFO", logger="a", message="logged"))
    log.close()

    [path] = store.files()
    [entry] = entries_of(path)
    assert entry.resource == {"snow.query.id": "query"}
    assert entry.line["level"] == "INFO"


def test_of_a_line_that_was_overwritten_the_last_state_is_kept(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("query", {})
    log.output("stderr", b"\r 0%\r 50%\r100%\r\n")
    log.close()

    assert messages(store) == ["100%"]


def test_no_two_lines_have_the_same_time(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("query", {})
    log.output("stdout", b"line\n" * 100)
    log.close()

    [path] = store.files()
    times = [round(entry.line["time"] * 1e6) for entry in entries_of(path)]
    assert times == sorted(set(times))
    assert len(times) == 100


def test_of_a_long_output_the_beginning_and_the_end_are_kept(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("query", {})
    for number in range(200):
        log.output("stdout", b"%06d %s\n" % (number, b"x" * 60_000))
    log.output("stdout", b"the last words\n")
    log.close()

    kept = messages(store)
    assert kept[0].startswith("000000")
    assert kept[-1] == "the last words"
    assert sum("left out here" in message for message in kept) == 1
    [path] = store.files()
    assert path.stat().st_size < HEAD_BYTES + TAIL_BYTES + 100_000


def test_a_line_without_an_end_is_cut_into_pieces(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("query", {})
    log.output("stdout", b"y" * 200_000)
    log.close()

    kept = messages(store)
    assert len(kept) == 4
    assert "".join(kept) == "y" * 200_000


def test_the_oldest_files_go_when_all_together_are_too_large(tmp_path: Path) -> None:
    store = LogStore(tmp_path, budget_bytes=10_000)
    for number in range(8):
        log = store.open(f"query{number}", {})
        log.output("stdout", b"z" * 3_000 + b"\n")
        log.close()

    kept = [path.stem for path in store.files()]
    assert "query0" not in kept
    assert "query7" in kept
    assert sum(path.stat().st_size for path in store.files()) <= 10_000


def test_a_file_that_cannot_be_deleted_keeps_no_other_from_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = LogStore(tmp_path)
    for query_id in ("first", "stays", "last"):
        logged(store, query_id, "2026-02-27")
    unlink = Path.unlink

    def refused(path: Path) -> None:
        if path.stem == "stays":
            raise PermissionError(13, "Permission denied", str(path))
        unlink(path)

    monkeypatch.setattr(Path, "unlink", refused)
    for _ in range(2):
        store.remove_before(datetime(2026, 3, 1, tzinfo=UTC))
    assert [path.stem for path in store.files()] == ["stays"]
    assert [record.message for record in caplog.records if "stays" in record.message] == [
        f"the log {tmp_path}/2026-02-27/stays.jsonl stays:"
        f" [Errno 13] Permission denied: '{tmp_path}/2026-02-27/stays.jsonl'"
    ]


def test_files_are_for_this_user_only(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("query", {})
    log.output("stdout", b"secret\n")
    log.close()

    [path] = store.files()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_jobs_secrets_are_not_kept(tmp_path: Path) -> None:
    token = Keys("token").issue(Kind.SESSION, "ab" * 16)
    store = LogStore(tmp_path)
    log = store.open("query", {})
    log.output("stdout", f"my {token}\n".encode())
    log.record(
        LogRecord(level="INFO", logger="", message=token, attributes={"exception.message": token})
    )
    log.close()

    [path] = store.files()
    assert token not in path.read_text()
    assert messages(store) == ["my s.********", "s.********"]


def begun_again(store: LogStore) -> list[tuple[str, str]]:
    return [
        (entry.resource["snow.query.id"], entry.line["message"])
        for path in store.files()
        for entry in entries_of(path)
    ]


def test_what_was_cut_off_goes_on_in_the_log_of_the_next(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    log = store.open("first", {"snow.query.id": "first", "db.user": "SYSTEM"})
    log.output("stdout", b"half\n")  # and its engine ends
    log.close()
    store.begins_again("first", "second")
    log = store.open("second", {"snow.query.id": "second"})
    log.output("stdout", b"all\n")
    log.close()

    said = ["half", BEGINS_AGAIN, "all"]
    assert begun_again(store) == [("second", message) for message in said]
    [path] = store.files()
    times = [entry.line["time"] for entry in entries_of(path)]
    assert times == sorted(set(times))
    assert next(entries_of(path)).resource["db.user"] == "SYSTEM"


def test_a_query_that_had_said_nothing_begins_again_with_a_word_of_it(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    store.begins_again("first", "second")

    assert begun_again(store) == [("second", BEGINS_AGAIN)]


def logged(store: LogStore, query_id: str, day: str) -> Path:
    """A log that was begun on that day."""
    log = store.open(query_id, {})
    log.output("stdout", b"line\n")
    log.close()
    (path,) = (path for path in store.files() if path.stem == query_id)
    folder = path.parent.parent / day
    folder.mkdir(exist_ok=True)
    return path.rename(folder / path.name)


def test_a_log_goes_by_the_days_on_which_its_query_ran(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    for query_id, day in (("first", "2026-02-27"), ("last", "2026-03-01"), ("other", "2026-02-28")):
        logged(store, query_id, day)
    for query_id in ("first", "last", "said nothing"):
        store.remove(
            query_id, datetime(2026, 2, 27, 23, tzinfo=UTC), datetime(2026, 3, 1, 1, tzinfo=UTC)
        )
    store.remove("other", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    assert [path.stem for path in store.files()] == ["other"]


def test_logs_of_days_before_one_go_whoever_wrote_them(tmp_path: Path) -> None:
    store = LogStore(tmp_path)
    for day in ("2025-12-31", "2026-01-01", "2026-01-02"):
        logged(store, day, day)
    (tmp_path / "2025-12-30").mkdir()
    (tmp_path / "2025-12-30" / "somebody.else").touch()
    store.remove_before(datetime(2026, 1, 2, 3, tzinfo=UTC))
    assert [path.stem for path in store.files()] == ["2026-01-02"]
    kept = ["2025-12-30", "2026-01-02"]
    assert sorted(path.name for path in tmp_path.iterdir() if any(path.iterdir())) == kept
