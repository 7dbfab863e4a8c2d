from itertools import count

import pytest

from lienthong.kernel import reading


def test_what_is_read_together_is_looked_up_once_and_anew_afterwards():
    numbers = count(1)
    number = reading.once(lambda: next(numbers))
    assert [number(), number()] == [1, 2]
    with reading.together():
        assert [number(), number()] == [3, 3]
    with pytest.raises(KeyError), reading.together():
        {}[number()]
    assert number() == 5


def test_what_cannot_be_looked_up_is_tried_again():
    fails = iter([True, False])

    @reading.once
    def look_up() -> int:
        if next(fails):
            raise LookupError
        return 7

    with reading.together():
        with pytest.raises(LookupError):
            look_up()
        assert look_up() == 7
