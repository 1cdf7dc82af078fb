"""What a task asks of its run, answered from a record: in the text of statements."""

import pytest

from sfdag_magics.client.running.recorded_session import Recorded, as_recorded

RECORDED = Recorded(
    task="DB.S.G$TRAIN",
    root="DB.S.G",
    group_id="f00",
    scheduled=None,
    values={"G$LOAD": "it's", "G$NOTHING": None},
    config={"rate": 0.5, "deep": {"key": [1]}, "name": "x"},
)


@pytest.mark.parametrize(
    ("query", "becomes"),
    [
        ("select system$get_predecessor_return_value('G$LOAD')", "select 'it''s'"),
        ("select SYSTEM$GET_PREDECESSOR_RETURN_VALUE('DB.S.g$load') x", "select 'it''s' x"),
        ("select system$get_predecessor_return_value()", "select 'it''s'"),
        ("select system$get_predecessor_return_value('G$NOTHING')", "select NULL"),
        ("select system$get_predecessor_return_value('G$NOPE')", "select NULL"),
        ("select system$get_task_graph_config('deep.key')::int", "select '[1]'::int"),
        ("select system$get_task_graph_config('name')", "select 'x'"),
        ("select system$get_task_graph_config('none.such')", "select NULL"),
        ("select to_char(system$task_runtime_info('current_root_task_name'))",
         "select to_char('DB.S.G')"),
        ("insert into t select system$current_user_task_name(), a from b",
         "insert into t select 'DB.S.G$TRAIN', a from b"),
        ("call system$set_return_value(?)", "SELECT(?)"),
        ("select 'system$get_task_graph_config()'", "select 'system$get_task_graph_config()'"),
        ("select system$stream_has_data('S')", "select system$stream_has_data('S')"),
        ("CALL SYSTEM$CURRENT_USER_TASK_NAME()", "SELECT 'DB.S.G$TRAIN'"),
        ("select 1", "select 1"),
    ],
)  # fmt: skip
def test_a_question_becomes_what_was_recorded(query, becomes):
    assert as_recorded(query, RECORDED) == becomes
