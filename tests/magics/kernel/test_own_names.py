"""A name that the notebook does not have: one of the person's own may be meant, never IPython's."""

import pytest

from sfdag_magics.errors import InputError
from tests.magics.scenes import two_tasks

#: Each is near a name that IPython puts into every notebook.
NEAR_IPYTHONS = ["nope", "opened", "exot", "quot", "get_python", "Ini", "Outt"]


@pytest.mark.parametrize("name", NEAR_IPYTHONS)
@pytest.mark.parametrize("form", ["--set rows={{{}}}", "--set rows=${}", "--config {}"])
def test_no_name_of_ipythons_is_offered(notebook, name, form):
    two_tasks(notebook)
    with pytest.raises(InputError, match="the notebook has no variable") as raised:
        notebook.run(f"%sfdag run {form.format(name)}")
    assert "did you mean" not in str(raised.value)


@pytest.mark.parametrize("form", ["--set rows={{{}}}", "--set rows=${}", "--config {}"])
def test_a_name_of_ones_own_is_offered(notebook, form):
    two_tasks(notebook)
    notebook.run("rates = {'a': 1}")
    with pytest.raises(InputError, match=r"did you mean rates\?"):
        notebook.run(f"%sfdag run {form.format('rate')}")


def test_a_name_that_ipython_has_and_the_notebook_gave_again_is_ones_own(notebook):
    two_tasks(notebook)
    notebook.run("open = 5")
    with pytest.raises(InputError, match=r"did you mean open\?"):
        notebook.run("%sfdag run --set rows={opne}")
