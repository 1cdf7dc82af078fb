"""What the test of this folder opens in marimo: no magics, the same values and the view."""

import marimo

app = marimo.App()


@app.cell
def _():
    from scripted import SHAPE, ScriptedRun

    from sfdag_magics.widget import Actions, LiveView

    actions = Actions(run=lambda talk: ScriptedRun(), retry=lambda shown, talk: shown.retry())
    LiveView(SHAPE, actions=actions)
    return


@app.cell
def _():
    from sfdag_magics import TaskGraph, open_target, sftask

    graph = TaskGraph("here")

    @sftask(graph=graph)
    def first(rows: int = 100) -> int:
        return rows

    @sftask(graph=graph)
    def second(first: int) -> int:
        raise ValueError(f"no such column: {first}")

    graph
    return graph, open_target


@app.cell
def _(graph, open_target):
    with open_target() as target:
        run = target.run(graph)
        run.wait(timeout=120)
    run
    return (run,)


if __name__ == "__main__":
    app.run()
