from __future__ import annotations

import pytest

from tests.hostile import arguments
from tests.hostile.arguments import SINK, options
from tests.hostile.values import escapes


def test_no_command_is_put_out_by_what_it_is_given() -> None:
    seen = arguments.run(1, seed=0)
    assert seen["calls"] == seen["parameters"] == len(list(options()))
    assert seen["parameters"] > 100


@pytest.mark.torture
def test_nor_by_many_things_that_it_is_given() -> None:
    assert arguments.run(40, seed=1)["calls"] > 4000


def test_the_sink_holds_a_bit_of_everything() -> None:
    assert len(escapes(SINK)) >= 6
