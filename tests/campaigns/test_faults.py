"""The campaign itself, small: of its table some scenes, and what such a table says."""

from tests.campaigns.faults import COMPLETED, NEW, OLD, Place, cuts, table

SCENES, FAULTS = ("edited function", "rollback"), ("not sent", "answer lost", "rate limit")


def test_what_is_cut_off_is_as_it_was_or_as_it_was_to_be_or_is_completed():
    found = [*cuts(Place(), SCENES, FAULTS)]
    ends = {end: [each for each in found if each.end == end] for end in (OLD, NEW, COMPLETED)}
    assert all(len(each) > 5 for each in ends.values())
    assert {each.asked for each in ends[NEW]} >= {"REMOVE", "SHOW PROCEDURES LIKE 'G$RUN' IN"}
    told = table(found)
    assert f"{len(found)} cuts: " in told
    assert told.count("\n") == 1 + len(found) / len(FAULTS)
