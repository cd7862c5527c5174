import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["jlens", "zoneinfo", "ada_url", "qs_codec", "batchctl.truto_functions.data"])
def test_the_analysis_loads_neither_the_engine_nor_the_functions(module: str) -> None:
    code = f"import sys; from batchctl.expression import analyse; analyse('$sum(a)'); print({module!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
