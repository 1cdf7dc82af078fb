"""What the test of this folder opens in marimo: no magics, the same values and the view."""

import marimo

app = marimo.App()


@app.cell
def _():
    from sfdag_magics import TaskGraph, open_target, sftask

    graph = TaskGraph("here")

    @sftask(graph=graph)
    def first(rows: int = 100) -> int:
        return rows

    @sftask(graph=graph)
    def second(session, first: int) -> int:
        if not session.sql("show tables like 'TRIED'").collect():
            session.sql("create table tried (n int)").collect()
            raise ValueError(f"no such column: {first}")
        return first

    graph
    return graph, open_target


@app.cell
def _(graph, open_target):
    target = open_target()
    target.live(graph)
    return (target,)


@app.cell
def _(graph, target):
    run = target.run(graph)
    run.wait(timeout=120)
    run
    return (run,)


if __name__ == "__main__":
    app.run()
