"""Programs of the second grammar out of seeds: which family writes how many of them."""

from __future__ import annotations

import random
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from tests.oracle.modules import (
    data,
    evaluation,
    forward,
    helpers,
    losses,
    parameters,
    players,
    sequences,
    state,
    tables,
    views,
)
from tests.oracle.pen import Pen
from tests.oracle.program import Program, endless

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARES: tuple[tuple[Callable[[Pen], None], int], ...] = (
    (forward.residual, 5),
    (forward.gate, 4),
    (forward.attention, 4),
    (forward.router, 3),
    (forward.pyramid, 3),
    (forward.unrolled, 4),
    (forward.masked, 4),
    (forward.positions, 3),
    (forward.by_mode, 3),
    (forward.rows_written, 3),
    (forward.skips, 4),
    (forward.gates, 5),
    (state.buffer_updated, 4),
    (state.running_graph, 5),
    (state.cached, 4),
    (state.queue, 3),
    (state.codebook, 4),
    (state.weights_constrained, 7),
    (state.shared_table, 3),
    (parameters.initialised, 11),
    (parameters.sinusoid, 4),
    (parameters.in_forward, 9),
    (parameters.prompt, 5),
    (parameters.by_hand, 8),
    (parameters.after_step, 7),
    (parameters.perturbed, 8),
    (parameters.frozen_rows, 4),
    (views.halves, 6),
    (views.token, 4),
    (views.rows, 5),
    (views.looked_at, 4),
    (views.given_rows, 4),
    (players.adversaries, 6),
    (players.actor_critic, 5),
    (players.separate_critic, 4),
    (players.targets, 6),
    (players.averaged_weights, 3),
    (players.penalised, 3),
    (players.adapted, 4),
    (losses.two_losses, 6),
    (losses.inner_loop, 5),
    (losses.accumulated, 4),
    (losses.smoothed, 5),
    (losses.no_graph, 8),
    (losses.frozen, 6),
    (losses.reused, 4),
    (sequences.carried, 7),
    (sequences.on_self, 5),
    (sequences.truncated, 3),
    (sequences.rolled_out, 4),
    (evaluation.evaluated, 6),
    (evaluation.phases, 4),
    (evaluation.encoded, 5),
    (evaluation.features, 4),
    (evaluation.metrics, 5),
    (data.replay, 8),
    (data.normalised, 7),
    (data.written_after, 13),
    (data.fused, 9),
    (helpers.called, 5),
    (helpers.inherited, 5),
    (helpers.attached, 4),
    (helpers.hooked, 4),
    (helpers.returned, 4),
    (helpers.closures, 3),
    (helpers.composed, 3),
    (tables.schedule, 3),
    (tables.window, 3),
    (tables.statistics, 3),
    (tables.inference_only, 3),
    (tables.ordinary, 3),
)
_WHEEL = tuple(chain.from_iterable([family] * share for family, share in _SHARES))
_NOTEBOOKS = 0.12


def program(seed: int, number: int) -> Program:
    """The program of a number in the sequence of a seed: always the same."""
    rng = random.Random(f"modules {seed} {number}")
    family = rng.choice(_WHEEL)
    pen = Pen(rng, notebook=rng.random() < _NOTEBOOKS)
    if pen.chance(0.15):
        pen.noise()
        pen.cell()
    family(pen)
    if pen.chance(0.1):
        pen.pause(0.2)
    return Program(number, family.__name__, pen.cells())


programs = partial(endless, program)
