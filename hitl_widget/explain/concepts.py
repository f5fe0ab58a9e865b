"""The concepts that several views rest on."""

from __future__ import annotations

from hitl_widget.explain.definition import Concept

__all__ = ["CORRECTED_TEST", "PARTIAL_DEPENDENCE", "SHAP"]

SHAP = Concept(
    "shap",
    "SHAP values",
    "Start from the average prediction. For one row, let its columns join one after the other, in all possible orders, "
    "and record how far each moves the prediction when it joins. A column's SHAP value is the average of these moves. "
    "All SHAP values of a row add up to its prediction, so nothing is left unexplained. They describe the model, not "
    "cause and effect: a column may get credit for what another column knows too.",
)

PARTIAL_DEPENDENCE = Concept(
    "partial_dependence",
    "Partial dependence",
    "Set one column to the same value in all rows, average the predictions, and repeat for the next value. The thick "
    "line is that average, the thin lines are single rows. Where thin lines cross, the column works differently for "
    "different rows. Where a value is unusual together with the other columns, the model has to guess.",
)

CORRECTED_TEST = Concept(
    "corrected_test",
    "Is the difference more than noise?",
    "Two models are compared on the same folds, so that easy and hard folds affect both equally. Folds share most of "
    "their training rows, so their scores are not independent; the test corrects for that (Nadeau and Bengio 2003) and "
    "calls fewer differences significant than a plain t-test.",
)
