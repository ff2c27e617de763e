"""The repository that each test of the cluster begins with."""

import pytest

from tests.cluster.house import House, Watch


@pytest.fixture(params=["local", "slurm"])
def house(tmp_path, request):
    """Return a repository for one executor; a run that is ever seen in pieces fails the test."""
    made = House(tmp_path, request.param)
    with Watch(made.outputs) as watch:
        yield made
    jobs = made.jobs()
    made.cancel_jobs()
    assert jobs == []
    assert watch.wrong == []
    assert watch.looks > 0
    assert made.left_behind() == []
