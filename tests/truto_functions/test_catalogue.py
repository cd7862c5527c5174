from batchctl.expression import FUNCTIONS
from batchctl.truto_functions import hosted


def test_all_that_is_called_local_is_there() -> None:
    by_engine = {name for name, info in FUNCTIONS.items() if info.preset == "jsonata"} | {"each", "sift", "keys"}
    assert {name for name, info in FUNCTIONS.items() if info.local} == by_engine | set(hosted())


def test_the_service_has_67_registrations_and_what_jsonata_has() -> None:
    added = [info for info in FUNCTIONS.values() if info.preset != "jsonata"]
    assert len(added) == 67
    assert len(FUNCTIONS) - len(added) == 58


def test_a_function_says_how_it_is_called() -> None:
    assert FUNCTIONS["pick"].usage == "$pick(object, paths)"
    assert FUNCTIONS["match"].usage == "$match(str, pattern, limit?)"
    assert FUNCTIONS["substring"].signature == "<s-nn?:s>"
    assert (FUNCTIONS["join"].replaces, FUNCTIONS["join"].signature) == (True, None)
