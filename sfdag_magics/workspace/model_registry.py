"""The models of an open target, from plain Python: what `%sfdag models` does. Prints nothing."""

from __future__ import annotations

from sfdag_magics.client.observing.questions import Question
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.arguments.option_values import TEXT, check_value
from sfdag_magics.workspace.answers.models import (
    all_models,
    promoted,
    rolled_back,
    version_seen,
    versions_of,
)
from sfdag_magics.workspace.answers.models_shown import (
    ModelListing,
    ModelVersions,
    Promoted,
    VersionSeen,
)
from sfdag_magics.workspace.asking.consent import Consent, not_agreed
from sfdag_magics.workspace.workspace import Workspace


@tells_arguments
class ModelRegistry:
    """`target.models`: the models that the target's session may see.

    A model is named as SQL names it; without a name it is the only one there is. A version is its
    name or alias, or `default`, `first` or `last`.

    Raises:
        InputError: of any call: there is no such model or version.
        BackendError: of any call: the target refuses.
    """

    def __init__(self, workspace: Workspace, consent: Consent) -> None:
        self._workspace = workspace
        self._consent = consent

    def __repr__(self) -> str:
        return "<the models of a target: all() lists them>"

    def all(self) -> ModelListing:
        """All of them, by place and name."""
        return all_models(self._workspace, None)

    def versions(self, model: str | None = None) -> ModelVersions:
        """A model with its versions: their metrics, the default, the run that made each."""
        check_value("model", model, TEXT)
        return versions_of(self._workspace, model, None)

    def version(self, version: str, model: str | None = None) -> VersionSeen:
        """A version with its run, the run's configuration and the code that made it."""
        check_value("version", version, TEXT)
        check_value("model", model, TEXT)
        return version_seen(self._workspace, model, version, None)

    def promote(self, version: str, model: str | None = None) -> Promoted:
        """Make a version the default of its model.

        Raises:
            InputError: the target is production, and nobody agreed.
        """
        check_value("version", version, TEXT)
        check_value("model", model, TEXT)
        done = promoted(self._workspace, model, version, None, self._is_meant)
        if done is None:
            raise not_agreed(f"promote {version}")
        return done

    def roll_back(self, model: str | None = None) -> Promoted:
        """Make the version the default that was it before the present one. As `promote`.

        Raises:
            InputError: nothing tells what was the default before.
        """
        check_value("model", model, TEXT)
        done = rolled_back(self._workspace, model, None, self._is_meant)
        if done is None:
            raise not_agreed("roll back the default of a model")
        return done

    def _is_meant(self, question: Question) -> bool:
        """Who calls means it; production is agreed to by its name."""
        return not question.name or self._consent.is_given(question)
