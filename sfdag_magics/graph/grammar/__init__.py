"""Every TASK statement as a value: read from SQL by the engine, written as SQL by the client."""

from sfdag_magics.graph.grammar.actions import (
    AddAfter,
    AlterAction,
    ModifyBody,
    ModifyWhen,
    RemoveAfter,
    RemoveWhen,
    ResumeTask,
    SetProperties,
    SetTags,
    SuspendTask,
    UnsetProperties,
    UnsetTags,
)
from sfdag_magics.graph.grammar.clauses import SetTag
from sfdag_magics.graph.grammar.parser import parse_task_statement
from sfdag_magics.graph.grammar.properties import HIDDEN_DEFAULTS, TaskProperties
from sfdag_magics.graph.grammar.property_values import OverlapPolicy, SessionValue
from sfdag_magics.graph.grammar.session_parameters_table import SESSION_PARAMETERS
from sfdag_magics.graph.grammar.statements import (
    AlterTask,
    CloneTask,
    CreateMode,
    CreateTask,
    DescribeTask,
    DropTask,
    ExecuteTask,
    ShowScope,
    ShowTasks,
    TaskStatement,
)

__all__ = [
    "HIDDEN_DEFAULTS",
    "SESSION_PARAMETERS",
    "AddAfter",
    "AlterAction",
    "AlterTask",
    "CloneTask",
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
    "SetTag",
    "SetTags",
    "ShowScope",
    "ShowTasks",
    "SuspendTask",
    "TaskProperties",
    "TaskStatement",
    "UnsetProperties",
    "UnsetTags",
    "parse_task_statement",
]
