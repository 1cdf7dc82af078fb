"""On an account verbs say where its own pages show the same."""

from tests.magics.scenes import failed_run

PAGES = "https://app.snowflake.com/ACME/EU/#"


def test_status_runs_and_why_name_pages_of_an_account_and_none_of_the_engine(notebook, fake):
    failed_run(notebook)
    for verb in ("status", "runs", "why"):
        assert "app.snowflake.com" not in notebook.run(f"x = %sfdag {verb}")
    fake.is_embedded = False
    notebook.magics.desk.workspace.places.place(None).pages.clear()
    graph = f"in Snowsight: {PAGES}/data/databases/DB/schemas/S/task/G"
    assert graph in notebook.run("x = %sfdag status")
    assert graph in notebook.run("x = %sfdag runs")
    query = notebook.names["x"][0].failed[0].query_id
    assert f"{PAGES}/compute/history/queries/{query}/detail" in notebook.run("x = %sfdag why")
    asked = [each for each in fake.statements if "CURRENT_ORGANIZATION_NAME" in each]
    assert len(asked) == 1
