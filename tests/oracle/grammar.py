"""Programs out of seeds: which family writes how many of them, scripts and notebooks."""

from __future__ import annotations

import random
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from tests.oracle import cut, kept, legality, lifetime, loops, modes, out, training, walk
from tests.oracle.pen import Pen
from tests.oracle.program import Program, endless

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARES: tuple[tuple[Callable[[Pen], None], int], ...] = (
    (walk.walk, 13),
    (walk.innocent, 3),
    (kept.kept_then_changed, 17),
    (kept.kept_then_data, 9),
    (kept.array_behind, 3),
    (kept.index_changed, 4),
    (kept.labels_changed, 3),
    (kept.activation_in_place, 4),
    (kept.residual, 2),
    (kept.correlated, 9),
    (loops.in_loop, 4),
    (lifetime.same_loss_twice, 4),
    (lifetime.shared_part, 4),
    (lifetime.gradient_then_backward, 2),
    (lifetime.before_the_loop, 3),
    (lifetime.carried, 4),
    (lifetime.recurrent_layer, 3),
    (lifetime.growing_total, 2),
    (lifetime.two_networks, 2),
    (lifetime.caught, 1),
    (lifetime.by_functions, 2),
    (lifetime.buffer_written, 2),
    (lifetime.deep_share, 3),
    (legality.leaf_changed, 11),
    (legality.parameter_changed, 6),
    (legality.view_of_leaf, 9),
    (legality.several_views, 7),
    (legality.quiet_view, 6),
    (legality.expanded, 3),
    (out.written_out, 12),
    (out.written_in_loop, 6),
    (out.written_by_layer, 5),
    (modes.inference, 15),
    (modes.cached_features, 9),
    (legality.flags_changed, 1),
    (cut.cut_before, 6),
    (cut.under_no_grad, 4),
    (cut.by_function, 3),
    (cut.frozen, 3),
    (cut.wrapped_again, 4),
    (cut.averaged, 2),
    (cut.one_of_two, 1),
    (training.stepped_between, 3),
    (training.fused_step_between, 5),
    (training.players, 3),
    (training.loop, 5),
    (training.weights_changed, 4),
    (training.embedding, 3),
    (training.state_in_module, 3),
    (training.batch_norm, 2),
    (training.convolution, 3),
    (training.penalty, 1),
)
_WHEEL = tuple(chain.from_iterable([family] * share for family, share in _SHARES))
_NOTEBOOKS = 0.16


def program(seed: int, number: int) -> Program:
    """The program of a number in the sequence of a seed: always the same."""
    rng = random.Random(f"{seed} {number}")
    family = rng.choice(_WHEEL)
    pen = Pen(rng, notebook=rng.random() < _NOTEBOOKS)
    while pen.chance(0.3):
        pen.noise()
    family(pen)
    while pen.chance(0.25):
        pen.pause(0.2)
    return Program(number, family.__name__, pen.cells())


programs = partial(endless, program)
