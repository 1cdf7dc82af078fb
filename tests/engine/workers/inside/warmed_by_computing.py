"""Imported by a preloaded process, this computes before the fork: what must never happen."""

import numpy as np
import xgboost

xgboost.XGBClassifier(n_estimators=5, n_jobs=2).fit(np.arange(400.0).reshape(100, 4), [0, 1] * 50)
