"""The part of pytest that the recipe of docs/testing.md uses, for machines without it: fixtures by name, and a run of all tests."""

import inspect
import runpy
import sys

FIXTURES = {}


def fixture(function):
    FIXTURES[function.__name__] = function
    return function


def value_of(name):
    return FIXTURES[name](*map(value_of, inspect.signature(FIXTURES[name]).parameters))


if __name__ == "__main__":
    # The tests must import this module, not a second copy of it.
    sys.modules["pytest"] = sys.modules["__main__"]
    tests = [
        (name, test) for name, test in runpy.run_path(sys.argv[1]).items() if name.startswith("test_")
    ]
    for name, test in tests:
        test(*map(value_of, inspect.signature(test).parameters))
        print(name)
    print(f"{len(tests)} passed")
