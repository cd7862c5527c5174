"""What workers can be given: a backend of this process is refused where the job is made, before anything travels."""

import pytest

from batchctl import Answers
from batchctl.errors import UsageError
from batchctl.execution.making import Settings
from batchctl.fleet.job import Batch, Job


def test_a_backend_of_this_process_does_not_travel() -> None:
    job = Job(Batch("", "a.yaml", {}, None, {}), Settings("local", Answers({})), "run-1", b"salt", None, "store", 1)
    with pytest.raises(UsageError, match="rows on other processes need a folder of fixtures"):
        job.packed()
