"""A fake Snowflake on which runs go on by themselves, one task with each look at the history."""

from __future__ import annotations

from tests.client.fake_snowflake import FakeSnowflake


class RunningSnowflake(FakeSnowflake):
    """Runs what is executed: each look at the history carries the run one task further."""

    def __init__(self):
        super().__init__()
        self.failing = set()
        self.error = 'File "Cell [3] b", line 2, in b\nValueError: boom'

    def _execute(self, statement):
        if statement.retry_last or statement.retry_group:
            return self._retry()
        answer = super()._execute(statement)
        self.history[-1].update(
            STATE="SUCCEEDED", COMPLETED_TIME=self.history[-1]["SCHEDULED_TIME"]
        )
        self.graphs.append(
            {
                "STATE": "EXECUTING",
                "ATTEMPT_NUMBER": 1,
                "GRAPH_RUN_GROUP_ID": self.history[-1]["GRAPH_RUN_GROUP_ID"],
                "ROOT_TASK_ID": f"id-{statement.name.name}",
            }
        )
        return answer

    def _retry(self):
        last = self.graphs[-1]
        self.graphs.append(
            last | {"STATE": "EXECUTING", "ATTEMPT_NUMBER": last["ATTEMPT_NUMBER"] + 1}
        )
        return []

    def _task_history(self, sql):
        rows = super()._task_history(sql)
        if self.graphs and self.graphs[-1]["STATE"] == "EXECUTING":
            self._go_on()
        return rows

    def _go_on(self):
        run = self.graphs[-1]
        done = {
            row["NAME"]: row["STATE"]
            for row in self.history
            if row["GRAPH_RUN_GROUP_ID"] == run["GRAPH_RUN_GROUP_ID"]
            and (row["STATE"] != "FAILED" or row["ATTEMPT_NUMBER"] == run["ATTEMPT_NUMBER"])
        }
        for name, task in self.tasks.items():
            above = [parent.name for parent in task["statement"].after]
            if name not in done and all(done.get(parent) == "SUCCEEDED" for parent in above):
                self._ran(name, run)
                return
        run["STATE"] = "FAILED" if "FAILED" in done.values() else "SUCCEEDED"

    def _ran(self, name, run):
        failed = name in self.failing
        group = run["GRAPH_RUN_GROUP_ID"]
        self.history.append(
            next(row for row in self.history if row["GRAPH_RUN_GROUP_ID"] == group)
            | {
                "NAME": name,
                "STATE": "FAILED" if failed else "SUCCEEDED",
                "QUERY_ID": f"q-{name}",
                "ATTEMPT_NUMBER": run["ATTEMPT_NUMBER"],
                "GRAPH_RUN_GROUP_ID": run["GRAPH_RUN_GROUP_ID"],
                "ERROR_CODE": 100357 if failed else None,
                "ERROR_MESSAGE": self.error if failed else None,
                "CONFIG": None,
            }
        )
