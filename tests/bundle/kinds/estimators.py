"""Estimators of the notebook that build on scikit-learn, whose bases add and wrap methods."""

from __future__ import annotations

from tests.bundle.kinds.case import same

_BASES = (
    "import numpy as np\nfrom sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin"
)
_SCALER = (
    "class Scaler(TransformerMixin, BaseEstimator):\n"
    "    def __init__(self, by=2): self.by = by\n"
    "    def fit(self, X, y=None, sample_weight=None): return self\n"
    "    def transform(self, X): return X * self.by\n"
    "    def get_feature_names_out(self, names=None): return ['a', 'b']"
)
_DATA = "np.array([[1.0, 2.0], [3.0, 4.0]])"

CASES = [
    same(
        "a classifier whose base adds requests for metadata",
        _BASES,
        "class Most(ClassifierMixin, BaseEstimator):\n"
        "    def fit(self, X, y, sample_weight=None):\n        self.y_ = max(y)\n        return self\n"
        "    def predict(self, X): return [self.y_] * len(X)",
        task="Most().fit([[1], [2]], [0, 1]).score([[1], [2]], [0, 1]), hasattr(Most, 'set_fit_request')",
    ),
    same(
        "a transformer whose base wraps its method",
        _BASES,
        _SCALER,
        task=f"Scaler(3).set_output(transform='pandas').fit_transform({_DATA}).to_dict()",
    ),
    same(
        "a transformer whose method was replaced",
        _BASES,
        _SCALER,
        "def transform(self, X): return X * 10\nScaler.transform = transform",
        task=f"Scaler().fit_transform({_DATA}).tolist()",
    ),
    same(
        "a pipeline of the notebook's transformers and functions",
        _BASES,
        _SCALER,
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import FunctionTransformer\n"
        "def ratio(X): return X[:, [0]] / X[:, [1]]\n"
        "def pipeline(): return make_pipeline(Scaler(by=4), FunctionTransformer(ratio))",
        task=f"pipeline().fit_transform({_DATA}).tolist()",
    ),
    same(
        "a search over the parameters of the notebook's estimator",
        _BASES,
        "class Near(BaseEstimator, ClassifierMixin):\n"
        "    def __init__(self, at=1.0): self.at = at\n"
        "    def fit(self, X, y):\n        self.classes_ = np.unique(y)\n        return self\n"
        "    def predict(self, X): return (np.asarray(X)[:, 0] > self.at).astype(int)",
        "from sklearn.model_selection import GridSearchCV",
        task="GridSearchCV(Near(), {'at': [0.5, 1.5]}, cv=2)"
        ".fit([[0], [1], [2], [3]] * 4, [0, 0, 1, 1] * 4).best_params_",
    ),
    same(
        "a method that a base of others wrapped, under another name as well",
        "from sklearn.base import BaseEstimator, TransformerMixin",
        "class T(TransformerMixin, BaseEstimator):\n    def fit(self, X, y=None): return self\n"
        "    def transform(self, X): return X\nT.old = T.transform",
        task="T().old([2]), T().transform([1]), T.old is T.transform",
    ),
    same(
        "a method that a base of others wrapped, and another one in its place",
        "from sklearn.base import BaseEstimator, TransformerMixin",
        "class T(TransformerMixin, BaseEstimator):\n    def fit(self, X, y=None): return self\n"
        "    def transform(self, X): return X\nT.old = T.transform\n"
        "T.transform = lambda self, X: self.old(X) + [1]",
        task="T().transform([1])",
    ),
]
