"""What a shipped task prints arrives as records, whatever it writes to standard output."""

import logging
import sys

import pytest

from sfdag_magics.bundle.shipped.printed import printed_as_records

CASES = [
    (["one\ntwo\n"], ["one", "two"]),
    (["one", " line\n"], ["one line"]),
    (["not ended"], ["not ended"]),
    (["\n"], [""]),
    (["10 %\r20 %\r100 %\n"], ["100 %"]),
    (["windows\r\n"], ["windows"]),
    (["100 % of %s\n"], ["100 % of %s"]),
    (["ä\u2028ö\n"], ["ä\u2028ö"]),
]


@pytest.mark.parametrize(("written", "lines"), CASES)
def test_each_line_is_a_record_at_info(written, lines, caplog):
    with printed_as_records():
        for text in written:
            sys.stdout.write(text)
    records = [(each.name, each.levelno, each.getMessage()) for each in caplog.records]
    assert records == [("sfdag.print", logging.INFO, line) for line in lines]


def test_what_was_printed_before_an_error_is_kept(caplog):
    with pytest.raises(LookupError), printed_as_records():  # noqa: PT012 - both are one story
        sys.stdout.writelines(["bef", "ore"])
        raise LookupError
    assert caplog.messages == ["before"]


def test_the_stream_itself_is_reached_and_is_there_again_afterwards():
    before = sys.stdout
    with printed_as_records():
        assert sys.stdout.encoding == before.encoding
        assert sys.stdout.buffer is before.buffer
    assert sys.stdout is before
