"""The static summary of a session: what a saved notebook shows when no kernel runs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape
from itertools import islice

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Trial, TrialState
from hitl_widget.report.headline import caveat, headline, task_sentence
from hitl_widget.report.trials import origin_in_words
from hitl_widget.report.words import Words, duration, number, plural

__all__ = ["picture", "summary_html"]

_GREY = "#8b92a3"
_VIOLET = "#6d4bd1"
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 220, 56, 12, 28
_MOST_POINTS = 600
_ROWS = 8


def summary_html(
    words: Words, state: SessionState, colours: dict[str, str], elapsed: float, path: str, caution: str = ""
) -> str:
    """Return the session as one HTML fragment.

    Parameters
    ----------
    words
        The vocabulary of the session.
    state
        Its state.
    colours
        CSS colour by family.
    elapsed
        Seconds of search.
    path
        Path of the journal, as it may be shown.
    caution
        The caution about the scores, as of `hitl_widget.report.caution.caution`.

    Returns
    -------
    str
        HTML with inline styles only; every name and value is escaped.
    """
    lead, aside = escape(headline(words, state)), escape(caveat(words, state))
    done = escape(f"{state.ended:,} trials in {duration(elapsed)}; {state.phase}. {task_sentence(words, state)}")
    warned = f'<p style="margin:4px 0"><b>{escape(caution)}</b></p>' if caution else ""
    image = base64.b64encode(picture(words, state, colours).encode()).decode()
    resume = escape(f"from hitl_widget import AutoMLSession\nsession = AutoMLSession.load({path!r})\nsession.show()")
    return (
        '<div style="font:13px/1.45 system-ui,sans-serif;max-width:760px">'
        f'<p style="font-size:18px;margin:4px 0">{lead} <span style="opacity:.65">{aside}</span></p>'
        f"{warned}"
        f'<p style="margin:4px 0;opacity:.75">{done}</p>'
        f'<img alt="Score of each trial over time" width="{_WIDTH}" src="data:image/svg+xml;base64,{image}">'
        f"{_table(words, state, colours)}"
        '<p style="margin:6px 0;opacity:.75">The session when the notebook was saved. To continue, run:</p>'
        f'<pre style="margin:6px 0">{resume}</pre></div>'
    )


def _table(words: Words, state: SessionState, colours: dict[str, str]) -> str:
    rows = "".join(
        f'<tr><td style="text-align:right">{trial.number}</td><td style="text-align:left">{_dot(trial, colours)}'
        f'{escape(words.label(trial))}</td><td style="text-align:right"><b>{_score(words, trial)}</b></td>'
        f'<td style="text-align:left">{escape(origin_in_words(trial))}</td></tr>'
        for trial in (state.trials[one] for one in state.leaders[:_ROWS])
    )
    if not rows:
        return ""
    head = (
        '<tr><th style="text-align:right">trial</th><th style="text-align:left">model</th>'
        f'<th style="text-align:right">{escape(words.metric.label)}</th>'
        '<th style="text-align:left">origin</th></tr>'
    )
    return f'<table style="margin:6px 0">{head}{rows}</table>'


def _score(words: Words, trial: Trial) -> str:
    assert trial.score is not None
    spread = f" ± {number(trial.std, trial.std)} SD" if trial.std else ""
    return escape(words.score(trial.score, trial.std) + spread)


def _dot(trial: Trial, colours: dict[str, str]) -> str:
    return f'<span style="color:{_colour(trial, colours)}">●</span> '


def _colour(trial: Trial, colours: dict[str, str]) -> str:
    return escape(colours.get(trial.family, _GREY))


def picture(words: Words, state: SessionState, colours: dict[str, str]) -> str:
    """Return the score of each trial over time as an SVG, the best so far as a line.

    Parameters
    ----------
    words, state, colours
        As in `summary_html`.
    """
    complete = (trial for trial in state.trials if trial.state is TrialState.COMPLETE and trial.score is not None)
    scored = [trial for trial in complete if not state.of_other_target(trial)]
    body = _plot(words, _thin(scored), state, colours) if scored else _empty()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="system-ui,sans-serif" font-size="11">{body}</svg>'
    )


def _empty() -> str:
    return f'<text x="{_LEFT}" y="{_HEIGHT / 2}" fill="{_GREY}">No trial is complete yet.</text>'


def _thin(trials: list[Trial]) -> list[Trial]:
    step = max(1, -(-len(trials) // _MOST_POINTS))
    return list(islice(trials, 0, None, step))


def _plot(words: Words, trials: list[Trial], state: SessionState, colours: dict[str, str]) -> str:
    models = [trial for trial in trials if trial.family not in words.baselines] or trials
    models = [trial for trial in models if not state.on_other_data(trial)] or models
    good = sorted((trial.score or 0.0 for trial in models), reverse=True)
    floor = words.metric.shown(good[min(len(good) - 1, int(0.9 * len(good)))])
    edge = words.metric.shown(max(trial.score or 0.0 for trial in trials))
    low, high = min(floor, edge), max(floor, edge)
    pad = (high - low) * 0.06 or abs(high) * 0.01 or 1.0
    low, high = low - pad, high + pad
    end = max(len(state.trials) - 1, 1)

    def x(at: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - 12) * at / end

    def y(value: float) -> float:
        inside = min(max(value, low), high)
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - inside) / (high - low)

    parts = [_axis(low, high, y), f'<text x="{_WIDTH - 12}" y="{_HEIGHT - 6}" text-anchor="end" fill="{_GREY}">']
    parts.append(f"{plural(len(state.trials), 'trial')}, {escape(words.metric.label)}</text>")
    for trial in trials:
        cx, cy = x(trial.number), y(words.metric.shown(trial.score or 0.0))
        fill = f'{_GREY}" fill-opacity=".5' if state.on_other_data(trial) else _colour(trial, colours)
        parts.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="3.2" fill="{fill}"/>')
        if trial.author is Author.YOU:
            ring = f'fill="none" stroke="{_VIOLET}" stroke-width="1.6"'
            parts.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="6.5" {ring}/>')
    parts.append(_climb(words, state, x, y, end))
    return "".join(parts)


def _axis(low: float, high: float, y: Callable[[float], float]) -> str:
    lines = []
    for step in range(5):
        value = low + (high - low) * (step + 0.5) / 5
        at = y(value)
        lines.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 12}" y1="{at:.1f}" y2="{at:.1f}" stroke="{_GREY}" stroke-opacity=".25"/>'
            f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end" fill="{_GREY}">'
            f"{number(value, (high - low) / 5)}</text>"
        )
    return "".join(lines)


def _climb(words: Words, state: SessionState, x: Callable[[int], float], y: Callable[[float], float], end: int) -> str:
    path = ""
    for _, best in state.climbs:
        at, level = x(best), y(words.metric.shown(state.trials[best].score or 0.0))
        path += f"M{at:.1f},{level:.1f}" if not path else f"H{at:.1f}V{level:.1f}"
    return f'<path d="{path}H{x(end):.1f}" fill="none" stroke="{_GREY}" stroke-width="1.5"/>' if path else ""
