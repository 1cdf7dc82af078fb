"""What a shell answers to who types what belongs into a notebook."""

import pytest

from sfdag_magics.cli import main


@pytest.mark.parametrize("argv", [["run"], ["status"], ["logs", "train"], ["deploy", "nb.ipynb"]])
def test_a_verb_on_graphs_is_sent_to_the_notebook(argv, capsys):
    with pytest.raises(SystemExit) as raised:
        main(argv)
    assert raised.value.code == 2
    said = capsys.readouterr().err
    assert "are typed in a notebook: %load_ext sfdag_magics, then %sfdag help" in said


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as raised:
        main(["--version"])
    assert (raised.value.code, capsys.readouterr().out.split()[0]) == (0, "sfdag")
