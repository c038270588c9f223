#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of made-up rewards, by numpy, statsmodels and 60-digit arithmetic.

Needs: numpy, mpmath, statsmodels. Usage: make_measures_golden.py [OUT.json]
Normalised margin: mean |r+ - r-| over the sd (n - 1) of all 2n rewards + 1e-8, as in the paper's code.
"""
import json
import sys
from pathlib import Path

import mpmath
import numpy as np
from statsmodels.stats.proportion import proportion_confint

mpmath.mp.dps = 60


def loss(margin):
    return float(mpmath.log1p(mpmath.exp(-mpmath.mpf(margin))))


def wilson(successes, n):
    return [float(v) for v in proportion_confint(successes, n, alpha=0.05, method="wilson")]


def scores(chosen, rejected):
    margin = chosen - rejected
    return np.where(margin > 0, 1.0, np.where(margin == 0, 0.5, 0.0))


def bootstrap(score, clusters, samples=20000):
    """Percentile interval over whole clusters."""
    rng = np.random.default_rng(1)
    names = np.unique(clusters)
    totals = np.array([score[clusters == c].sum() for c in names])
    rows = np.array([(clusters == c).sum() for c in names])
    drawn = rng.integers(0, len(names), (samples, len(names)))
    means = totals[drawn].sum(1) / rows[drawn].sum(1)
    return np.quantile(means, [0.025, 0.975]).tolist()


def case(name, chosen, rejected, clusters):
    chosen, rejected, clusters = np.array(chosen, float), np.array(rejected, float), np.array(clusters)
    margin, score, n = chosen - rejected, scores(chosen, rejected), len(chosen)
    count = len(np.unique(clusters))
    if count == n:
        kind, interval = "wilson", wilson(score.sum(), n)
    elif score.mean() in (0, 1):
        kind, interval = "wilson", wilson(score.mean() * count, count)
    else:
        kind, interval = "bootstrap", bootstrap(score, clusters)
    return dict(name=name, chosen=chosen.tolist(), rejected=rejected.tolist(), clusters=clusters.tolist(), want=dict(
        n=n, ties=int((margin == 0).sum()), accuracy=score.mean(), margin_mean=margin.mean(),
        margin_sd=margin.std(ddof=1) if n > 1 else 0.0,
        normalised_margin=np.abs(margin).mean() / (np.concatenate([chosen, rejected]).std(ddof=1) + 1e-8),
        loss=sum(map(loss, margin)) / n, chosen_mean=chosen.mean(), rejected_mean=rejected.mean(),
        interval_kind=kind, interval=interval))


def main():
    out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "measures.json")
    rng = np.random.default_rng(2507)
    draw = lambda n, shift: (rng.normal(shift, 1, n).round(3), rng.normal(0, 1, n).round(3))
    cases = []
    chosen, rejected = draw(37, 0.4)
    rejected[[3, 11, 30]] = chosen[[3, 11, 30]]
    cases.append(case("independent rows, three ties", chosen, rejected, range(37)))
    chosen, rejected = draw(120, 0.5)
    shared = np.repeat(rng.normal(0, 1.5, 30).round(3), 4)
    cases.append(case("thirty clusters of four", chosen + shared, rejected, np.repeat(np.arange(30), 4)))
    sizes = rng.integers(1, 9, 25)
    chosen, rejected = draw(int(sizes.sum()), 0.2)
    rejected[[0, 5]] = chosen[[0, 5]]
    cases.append(case("clusters of unequal size", chosen, rejected, np.repeat(100 - np.arange(25), sizes)))
    base = rng.normal(0, 1, 40).round(3)
    cases.append(case("all right, ten clusters", base + 1, base, np.repeat(np.arange(10), 4)))
    cases.append(case("all wrong, ten clusters", base - 1, base, np.repeat(np.arange(10), 4)))
    cases.append(case("all right, independent", base + 1, base, range(40)))
    cases.append(case("all wrong, independent", base - 1, base, range(40)))
    cases.append(case("all ties", base, base, range(40)))
    cases.append(case("one pair", [1.25], [-0.5], [7]))
    cases.append(case("constant rewards apart", [2.0] * 5, [1.0] * 5, range(5)))
    cases.append(case("extreme margins", [1e4, -1e4, 800.0, -800.0, 1e-12], [-1e4, 1e4, 0.0, 0.0, 0.0], range(5)))
    margins = [0.0, 1e-9, 0.5, -0.5, 5.0, -5.0, 36.0, -36.0, 40.0, -40.0, 700.0, -700.0, 1e4, -1e4, 1e300, -1e300]
    out.write_text(json.dumps(dict(
        cases=cases, losses=[[m, loss(m)] for m in margins],
        wilson=[[k, n, *wilson(k, n)] for k, n in
                [(0, 1), (1, 1), (0, 10), (10, 10), (5, 10), (4.5, 10), (81, 263), (199.5, 200), (1, 100000)]])) + "\n")


if __name__ == "__main__":
    main()
