"""What the views rest on, for learners: one paragraph a concept, without formulas."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CONCEPTS", "Concept"]


class Concept(NamedTuple):
    """A title and a paragraph."""

    title: str
    text: str


CONCEPTS: dict[str, Concept] = {
    "shap": Concept(
        "SHAP values",
        "Start from what the model predicts on average. For one row, let its columns join in one after the other, "
        "in all possible orders, and note how far each moves the prediction when it joins. A column's SHAP value "
        "is the average of these moves. All values of a row add up to its prediction, so nothing is left "
        "unexplained. They say what the model does, not what is cause and effect in the world: a column may carry "
        "what another one knows.",
    ),
    "permutation_importance": Concept(
        "Permutation importance",
        "Shuffle one column among rows that the model has not seen, so that it no longer fits its row, and see how "
        "much the score falls. What falls much rests on the column. Two columns that know the same can each be "
        "shuffled with little harm, because the other one stands in; so a small fall is no proof that a column is "
        "useless.",
    ),
    "partial_dependence": Concept(
        "Partial dependence",
        "Take all rows, set one column to the same value everywhere, and average the predictions; do so for one "
        "value after the other. The thick line is that average, the thin ones are single rows. Where thin lines "
        "cross, the column works differently for different rows. At values that go badly with the other columns "
        "the model has to guess.",
    ),
    "what_if": Concept(
        "What if",
        "The model is asked again with other values in one row. The answer is the model's, not the world's: "
        "changing a value on paper does not change what made it. Far from all rows that were seen, the model "
        "guesses.",
    ),
    "confusion": Concept(
        "Confusion matrix",
        "Each row of the table is a true class, each column what the model said. The diagonal is right. Accuracy "
        "alone hides which mistakes are made; for rare classes saying always the common one can look good.",
    ),
    "roc": Concept(
        "ROC and precision-recall curves",
        "A classifier gives a probability; where to cut it is your choice. The ROC curve shows, for every cut, how "
        "many positives are found against how many others are caught by mistake. The area under it is the chance "
        "that a positive row gets a higher probability than another one. Precision and recall say the same for "
        "rare classes more plainly.",
    ),
    "calibration": Concept(
        "Calibration",
        "Of all rows to which the model gives 70 %, about 70 in 100 should be positive. A model can rank perfectly "
        "and still say probabilities that are too sure; for decisions with costs that matters.",
    ),
    "residuals": Concept(
        "Residuals",
        "The truth less the prediction, for rows that the model has not seen. They should lie around zero "
        "everywhere. A bend means that the model misses a shape, a funnel that it is surer in one region than in "
        "another.",
    ),
    "threshold": Concept(
        "Threshold and costs",
        "To act on a probability one draws a line. Where it lies best depends on what a false alarm costs against "
        "a miss. The cheapest line on these rows is a little too good to be true, so it is tried on rows that did "
        "not choose it.",
    ),
    "slices": Concept(
        "Slices",
        "An average over all rows can hide a group for which the model errs far more. Many groups are looked at "
        "here, so some err more by chance alone; the bar is raised for that.",
    ),
    "corrected_test": Concept(
        "Is the difference more than noise?",
        "Two models are compared on the same folds, so that easy and hard folds count for both alike. Folds share "
        "most of their training rows, so their scores are no independent repetitions; the test is corrected for "
        "that (Nadeau and Bengio 2003) and so speaks of a difference less readily than a plain one.",
    ),
    "learning_curve": Concept(
        "Learning curve",
        "The same settings are fitted on a part of the rows, then on more. A curve that still rises at the end "
        "says that more rows would help; a flat one says that better columns or another model would.",
    ),
    "hyperparameter_importance": Concept(
        "Which settings decide",
        "PED-ANOVA compares where the good trials lie with where all trials lie, setting by setting. A setting on "
        "which the good ones agree, and the others do not, decides. It speaks of the region that was searched, not "
        "of all there is.",
    ),
    "surrogate": Concept(
        "Effects from a surrogate",
        "No two trials differ in one setting alone, so a smooth function is fitted through all of them and asked. "
        "The search has looked more often where it was good; places hardly looked at are marked, and the band is "
        "wide there.",
    ),
    "footprint": Concept(
        "Footprint of a search",
        "Configurations have many settings; the picture lays them into a plane so that similar ones lie close. "
        "Empty places were not looked at.",
    ),
    "pipeline": Concept(
        "Pipelines",
        "Before a model sees the table, numbers may be scaled and categories encoded. Each way from left to right "
        "is a pipeline that was tried.",
    ),
    "steering": Concept(
        "What steering brought",
        "The best score so far, and the moments at which you or the machine changed where the search looks. What "
        "came after an act did not all come from it: the search would have gone on as well.",
    ),
    "overfitting": Concept(
        "Learning by heart",
        "A model can repeat the rows that it was fitted on and still fail on new ones. The gap between the two "
        "scores shows how much it learnt by heart. A large gap alone is no harm while the score on new rows is "
        "good; it says where there may be something to gain.",
    ),
    "boosting": Concept(
        "Rounds of boosting",
        "A booster adds one small tree after the other, each mending what is left. Too few rounds leave something "
        "on the table, too many learn by heart. The number is found on rows inside the training rows, so that the "
        "rows that score the model have not chosen it.",
    ),
    "cross_validation": Concept(
        "Folds",
        "The rows are cut into folds; each is predicted by a model fitted on the others. The mean is the score, "
        "the spread shows how much hangs on which rows were seen. Hard folds are hard for most models: that is the "
        "rows, not this model.",
    ),
    "convergence": Concept(
        "Warnings of a fit",
        "Some models look for their best step by step and may stop before they have arrived. That need not harm "
        "the score, but more steps, scaled numbers or a stronger penalty usually mend it.",
    ),
    "time": Concept(
        "Where time goes",
        "Preparing makes a matrix from the table and is shared by trials that prepare alike. Fitting happens once, "
        "predicting for each new row: a model that is slow to fit can be quick to use, and the other way round.",
    ),
    "interaction": Concept(
        "Interactions",
        "Two settings interact where the best value of one hangs on the value of the other. Then turning one at a "
        "time misleads. The share is what the pair explains together beyond what each explains alone, as a smooth "
        "function fitted through all trials has it.",
    ),
    "ablation": Concept(
        "From the default to the best",
        "Starting from the default, the setting whose change to the best trial's value helps most is changed "
        "first, then the next. Most steps were never tried as such, so a smooth function fitted through the trials "
        "tells their score; the ends are measured.",
    ),
    "parallel_coordinates": Concept(
        "Parallel coordinates",
        "Each setting is an upright axis and each trial a line through its values. Where lines of good trials run "
        "together they agree; where they spread the setting matters little.",
    ),
}
