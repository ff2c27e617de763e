"""What holds for many notebooks, on this machine or on Slurm: each law is tried with both executors."""

import os
import signal

from tests.cluster.house import LONGEST, TITLE, end, number, submitted, wait_until

BROKEN = "1 / 0\n"


def test_one_notebook_that_fails_stops_no_other_and_only_it_is_run_again(house):
    house.write("first", number(1))
    house.write("second", number(2))
    house.write("third", number(3))
    assert house.run_directly("second")[0] == 0
    before = house.files("second")
    house.write("second", BROKEN)

    status, said = house.run()

    assert (status, submitted(said)) == (1, 3), said
    assert "second.py:13: cell 3 failed (1 / 0): ZeroDivisionError" in said
    assert (house.value("first"), house.value("third")) == (1, 3)
    assert house.files("second") == before

    others = house.files("first"), house.files("third")
    house.write("second", number(4))
    status, said = house.run()

    assert (status, submitted(said)) == (0, 1), said
    assert house.value("second") == 4
    assert (house.files("first"), house.files("third")) == others
    assert house.run_directly("--check") == (0, "3 of 3 runs are fresh\n")

    status, said = house.run()
    assert (status, submitted(said)) == (0, 0), said


def test_a_run_is_out_of_date_by_its_key_not_by_the_age_of_a_file(house):
    house.write("first", number(1))
    house.write("second", number(2))
    assert house.run_directly("first", "second")[0] == 0
    for path in (house.root / "notebooks").rglob("*.py"):
        os.utime(path)

    assert submitted(house.run("--dry-run")[1]) == 0

    house.write("first", number(5))
    os.utime(house.root / "notebooks" / "first.py", (0, 0))
    status, said = house.run()
    assert (status, submitted(said), house.value("first")) == (0, 1, 5), said

    house.write("first", number(5), TITLE.replace("made up", "made up, in other words"))
    assert house.run()[0] == 0
    assert house.run_directly("--check")[0] == 0, "prose that was edited is put in place"
    assert submitted(house.run("--dry-run")[1]) == 0


def test_after_a_kill_what_had_ended_stays_and_the_rest_is_run(house):
    house.write("quick", number(1))
    house.write("slow", number(2))
    assert house.run_directly("slow")[0] == 0
    before = house.files("slow")
    house.write("slow", house.waiting(3))

    process = house.start()
    wait_until(lambda: (house.outputs / "quick").exists() and house.log() == ["start"], "two notebooks to begin")
    end(process)

    wait_until(lambda: house.jobs() == ([] if house.profile == "local" else ["RUNNING"]), "Slurm goes on alone")
    assert house.files("slow") == before
    quick = house.files("quick")
    status, said = house.run()
    assert status == 1
    assert "cannot be locked" in said

    resumed = house.resume()
    try:
        wait_until(lambda: house.log() == ["start", "start"], "the notebook to begin again")
        assert len(house.jobs()) == (0 if house.profile == "local" else 1)  # the job that was left running is cancelled
        house.open_gate()
        assert resumed.wait(LONGEST) == 0, house.said()
    finally:
        end(resumed)

    assert submitted(house.said()) == 1
    assert house.log() == ["start", "start", "end"]
    assert (house.value("slow"), house.files("quick")) == (3, quick)


def test_after_an_interrupt_no_job_is_left_and_the_rest_is_run(house):
    house.write("slow", number(2))
    assert house.run_directly("slow")[0] == 0
    before = house.files("slow")
    house.write("slow", house.waiting(3))

    process = house.start()
    wait_until(lambda: house.log() == ["start"], "the notebook to begin")
    os.killpg(process.pid, signal.SIGINT)
    try:
        assert process.wait(LONGEST) == 1
    finally:
        end(process)

    wait_until(lambda: house.jobs() == [], "the job to end")
    assert house.files("slow") == before
    house.open_gate()
    status, said = house.run()
    assert (status, submitted(said), house.value("slow")) == (0, 1, 3), said


def test_two_notebooks_that_ask_for_the_only_gpu_run_one_after_the_other(house):
    for name in ("first", "second"):
        house.write(name, house.waiting(1) + f"# {name}\n")

    process = house.start("--set-resources", *resources(house, "gpu=1"))
    try:
        wait_until(lambda: house.log() == ["start"], "the first notebook to begin")
        if house.profile == "slurm":  # which has both jobs, while Snakemake itself holds the second back on one machine
            wait_until(lambda: sorted(house.jobs()) == ["PENDING", "RUNNING"], "one job to wait for the other")
        assert house.said().count("Execute 1 jobs") == (house.profile == "local"), house.said()
        house.open_gate()
        assert process.wait(LONGEST) == 0, house.said()
    finally:
        end(process)

    assert house.log() == ["start", "end", "start", "end"]


def resources(house, *more):
    asked = [f"execute:{one}" for one in more]
    return asked if house.profile == "local" else [*asked, "execute:mem_mb=500", "execute:runtime=5"]


def test_a_notebook_that_reads_another_is_run_after_it(house):
    house.write("maker", number(1))
    house.write("reader", 'x = lab.read("maker.made_up")\nlab.result("made_up", 10 * x, "count", "A number.")\n')
    assert house.run_directly("maker", "reader")[0] == 0
    assert house.value("reader") == 10

    house.write("maker", number(2))
    status, said = house.run()

    assert (status, submitted(said), house.value("reader")) == (0, 2, 20), said
    assert house.run_directly("--check")[0] == 0
