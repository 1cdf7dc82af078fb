"""Every TASK statement as a value: read from SQL by the engine, written as SQL by the client."""

from sfdag_magics.graph.grammar.parser import parse_task_statement
from sfdag_magics.graph.grammar.properties import (
    OverlapPolicy,
    SessionValue,
    TaskProperties,
)
from sfdag_magics.graph.grammar.session_parameters_table import SESSION_PARAMETERS
from sfdag_magics.graph.grammar.statements import (
    AddAfter,
    AlterAction,
    AlterTask,
    CreateMode,
    CreateTask,
    DescribeTask,
    DropTask,
    ExecuteTask,
    ModifyBody,
    ModifyWhen,
    RemoveAfter,
    RemoveWhen,
    ResumeTask,
    SetProperties,
    ShowScope,
    ShowTasks,
    SuspendTask,
    TaskStatement,
    UnsetProperties,
)

__all__ = [
    "SESSION_PARAMETERS",
    "AddAfter",
    "AlterAction",
    "AlterTask",
    "CreateMode",
    "CreateTask",
    "DescribeTask",
    "DropTask",
    "ExecuteTask",
    "ModifyBody",
    "ModifyWhen",
    "OverlapPolicy",
    "RemoveAfter",
    "RemoveWhen",
    "ResumeTask",
    "SessionValue",
    "SetProperties",
    "ShowScope",
    "ShowTasks",
    "SuspendTask",
    "TaskProperties",
    "TaskStatement",
    "UnsetProperties",
    "parse_task_statement",
]
