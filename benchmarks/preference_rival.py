"""The Gaussian process of optuna-dashboard's PreferentialGPSampler, choosing among given candidates.

Runs in an environment of its own (optuna-dashboard, torch, botorch): cases as JSON on standard input, traces on
standard output. The sampler proposes points of a continuous space; here its model and its acquisition (LogEI of a
sampled GP, kernel and priors as in `sample_relative`) are evaluated on the candidates, all in [0, 1], so that both
sides choose from the same ones. As in the dashboard, each proposal is compared with the best so far, and there is no
"about equal".
"""

import json
import sys

import botorch.acquisition.analytic
import gpytorch
import numpy as np
import torch
from optuna_dashboard.preferential.samplers.gp import _PreferentialGP

DRAWS = 8


def model(size):
    kernel = gpytorch.kernels.MaternKernel(
        nu=1.5,
        ard_num_dims=size,
        lengthscale_prior=gpytorch.priors.GammaPrior(5.0, 10.0),
        lengthscale_constraint=gpytorch.constraints.GreaterThan(0.0, transform=torch.exp, inv_transform=torch.log),
    )
    return _PreferentialGP(kernel=kernel, noise_prior=gpytorch.priors.GammaPrior(5.0, 50.0), dims=size)


def trace(case):
    """Trial recommended after 0, 1, 2, … answers: the best so far, and the greatest posterior mean."""
    torch.manual_seed(case["seed"])
    rng = np.random.default_rng(case["seed"])
    x, utility = torch.tensor(case["x"], dtype=torch.float64), np.array(case["utility"])
    open_ = list(range(len(utility)))
    best = open_.pop(int(rng.integers(len(open_))))
    other = open_.pop(int(rng.integers(len(open_))))
    gp, shown, pairs = model(x.shape[1]), [best], []
    found = [(best, best)]
    for _ in range(case["answers"]):
        shown.append(other)
        apart = utility[best] - utility[other] + case["blur"] * rng.standard_normal()
        if rng.random() < case["wrong"]:
            apart = -apart
        winner, loser = (best, other) if apart > 0 else (other, best)
        pairs.append([shown.index(winner), shown.index(loser)])
        best = winner
        points = x[shown]
        sampled = gp.sample_gp(points, torch.tensor(pairs, dtype=torch.int32))
        with torch.no_grad():
            means = sampled.posterior(x[:, None, :]).mean.flatten()
            for _ in range(DRAWS - 1):
                means = means + again(gp, points, pairs).posterior(x[:, None, :]).mean.flatten()
            found.append((best, int(means.argmax())))
            top = torch.max(sampled.posterior(points[:, None, :]).mean)
            gain = botorch.acquisition.analytic.LogExpectedImprovement(model=sampled, best_f=top)(x[open_][:, None, :])
        other = open_.pop(int(gain.argmax()))
    return found


def again(gp, points, pairs):
    """One more sample of the fitted process."""
    fit, gp.fit_params_EP = gp.fit_params_EP, lambda *_: None
    try:
        return gp.sample_gp(points, torch.tensor(pairs, dtype=torch.int32))
    finally:
        gp.fit_params_EP = fit


if __name__ == "__main__":
    torch.set_num_threads(1)
    json.dump([trace(case) for case in json.load(sys.stdin)], sys.stdout)
