"""What a study keeps, and what may not be put together: folders, arms, posteriors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import __version__
from sim.study.run.posterior import Posterior
from tests import worlds
from tests.cli.conftest import Command, everything_in

FEW = ("--replications", 2, "--jobs", 1)
DAY = ("--set", "horizon=6h", "--set", "follow_up=1d")
PLAIN = (worlds.PLAIN / "wuhan-35min.yaml").as_posix()
EXIT = "criminals.exit_by_layer.0"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("compare", "city", "stop-first"),
            "compare: read start 2025-01-01T00:00:00, horizon 365d (city) and start 2025-03-03T00:00:00, horizon 30d"
            " (stop-first), accepted: arms of one time, such as --set start=2025-03-03T00:00:00 --set horizon=30d",
        ),
        (
            ("compare", "wuhan-35min", "china", "--explain", 1, "--set", "horizon=2h", "--set", "start=2025-07-11"),
            "--explain: read arms with victims of their own, accepted: arms of the same arrivals",
        ),
    ],
)
def test_arms_without_anything_in_common_are_refused(fundfreeze: Command, words: tuple[str, ...], said: str) -> None:
    """Arms of another time are no arms, and cases of other victims cannot be told side by side."""
    answer = fundfreeze(*words, *FEW, "--out", "out")
    assert (answer.status, answer.err) == (2, said + "\n")
    assert not Path("out").exists()


def test_arms_with_victims_of_their_own_say_so(fundfreeze: Command) -> None:
    """Where the arrivals differ the totals are compared, and a line says that it is not the same people."""
    arm = ("--arm", "more:victims.arrivals.city.per_day=80")
    answer = fundfreeze("compare", "china", *arm, *DAY, *FEW, "--out", "out")
    assert answer.status == 0
    assert "The arms have victims of their own" in answer.out
    rows = [line.split("│")[1].strip() for line in answer.out.splitlines() if line.startswith("│")]
    tables = " ".join(rows).count("china more (victims of its own)")  # of what is asked, its cost and the net benefit
    assert " ".join(rows) == " ".join(["china more (victims of its own)"] * tables)
    assert tables == 3
    same = fundfreeze("compare", "china", "--arm", "slow:latency.bank.add=2h", *DAY, *FEW, "--out", "other")
    assert "victims of their own" not in same.out


def test_a_folder_of_another_run_is_refused(fundfreeze: Command) -> None:
    """Results of another scenario, content or seed are not overwritten, and nothing is run."""
    assert fundfreeze("run", "china", *DAY, *FEW, "--out", "out").status == 0
    before = {name: Path("out", name).read_bytes() for name in everything_in(Path("out"))}
    for words, said in (
        (("wuhan-35min",), "another scenario (china, this is wuhan-35min)"),
        (("china", *DAY, "--seed", 2), "another seed (1, this is 2)"),
        (("china",), "another digest"),
    ):
        answer = fundfreeze("run", *words, *FEW, "--out", "out")
        assert answer.status == 2
        assert f"--out: out holds results of {said}" in answer.err
    assert {name: Path("out", name).read_bytes() for name in everything_in(Path("out"))} == before


def test_a_folder_holds_the_files_of_one_run(fundfreeze: Command) -> None:
    """The same run with other options leaves nothing of the options before."""
    fundfreeze("run", "wuhan-35min", "--replications", 3, "--jobs", 1, "--out", "out", "--log", "jsonl")
    fundfreeze("run", "wuhan-35min", *FEW, "--out", "out", "--by", "scam")
    assert everything_in(Path("out")) == ["by-scam.csv", "metrics.json", "scenario.json"]


@pytest.mark.usefixtures("undrawn")
def test_results_of_several_commands_in_a_folder_are_of_one_scenario(fundfreeze: Command) -> None:
    """Whatever made the files of a folder, another command adds only those of the same scenario and seed."""
    latency = ("latency", PLAIN, "--stage", "intake", *FEW)
    compare = ("compare", "city", "--arm", "slow:latency.bank.add=2h", *DAY, *FEW)
    assert fundfreeze(*latency, "--out", "out").status == 0
    before = {name: Path("out", name).read_bytes() for name in everything_in(Path("out"))}
    for words, said in (
        (("run", "china", *DAY, *FEW), "another scenario (wuhan-35min, this is china)"),
        (("run", PLAIN, *FEW, "--seed", 2), "another seed (1, this is 2)"),
        (("report", PLAIN, *FEW, "--set", "criminals.retry=7m"), "another digest"),
        (("story", PLAIN, "--seed", 3), "another seed (1, this is 3)"),
        (compare, "another scenario (wuhan-35min, this is city, slow)"),
    ):
        answer = fundfreeze(*words, "--out", "out")
        assert answer.status == 2
        assert f"--out: out holds results of {said}" in answer.err
    assert {name: Path("out", name).read_bytes() for name in everything_in(Path("out"))} == before
    assert fundfreeze("run", PLAIN, *FEW, "--out", "out").status == 0
    assert fundfreeze(*latency, "--out", "out").status == 0


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "words", [("latency", "--stage", "intake", *FEW), ("report", *FEW, "--latency-replications", 2), ("story",)]
)
def test_a_command_refuses_its_own_results_of_another_scenario(fundfreeze: Command, words: tuple[str, ...]) -> None:
    """The same command, too, replaces results of the same scenario, seed and version only."""
    command, *options = words
    assert fundfreeze(command, PLAIN, *options, "--out", "out").status == 0
    assert fundfreeze(command, PLAIN, *options, "--out", "out").status == 0
    before = {name: Path("out", name).read_bytes() for name in everything_in(Path("out"))}
    for other, said in (
        (("wuhan-35min-rival",), "another scenario (wuhan-35min, this is wuhan-35min-rival)"),
        ((PLAIN, "--seed", 2), "another seed (1, this is 2)"),
        ((PLAIN, "--set", "criminals.retry=7m"), "another digest"),
    ):
        answer = fundfreeze(command, *other, *options, "--out", "out")
        assert answer.status == 2
        assert f"--out: out holds results of {said}" in answer.err
    mark = Path("out/made-by.json")
    mark.write_text(mark.read_text().replace(__version__, "0.0.1"))
    assert f"another version (0.0.1, this is {__version__})" in fundfreeze(command, PLAIN, *options, "--out", "out").err
    assert {name: before[name] for name in before if name != mark.name} == {
        name: Path("out", name).read_bytes() for name in everything_in(Path("out")) if name != mark.name
    }


@pytest.mark.usefixtures("undrawn")
def test_a_study_that_is_kept_is_not_mixed_with_another_command(fundfreeze: Command) -> None:
    """A command that keeps no runs refuses a folder with the kept runs of another scenario."""
    sweep = ("sweep", "wuhan-35min", "--vary", "criminals.retry=5m,20m", *FEW)
    assert fundfreeze(*sweep, "--out", "out").status == 0
    refused = fundfreeze("latency", "china", *DAY, *FEW, "--out", "out")
    assert "--out: out holds results of another scenario (wuhan-35min, this is china)" in refused.err


@pytest.mark.usefixtures("undrawn")
def test_a_report_leaves_no_picture_of_an_earlier_rival(fundfreeze: Command) -> None:
    """A report without a rival does not keep the picture of one."""
    Path("out").mkdir()
    Path("out/two-sets.svg").touch()
    assert fundfreeze("report", PLAIN, *FEW, "--latency-replications", 2, "--out", "out").status == 0
    assert "two-sets.svg" not in everything_in(Path("out"))


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "china", "--arm", "slow:latency.bank.add=2h", "--metric", "los"),
        ("staff", "china", "--desks", "analist", "--maximise", "net"),
        ("sensitivity", "china", "--metric", "los"),
        ("sweep", "china", "--vary", "desks.analyst.staff=4,5", "--cluster", "tcp://127.0.0.1:9"),
    ],
)
def test_a_mistake_leaves_no_study_behind(fundfreeze: Command, words: tuple[str, ...]) -> None:
    """A study that ended before its first run does not stand in the way of the corrected command."""
    answer = fundfreeze(*words, *DAY, "--jobs", 1, "--out", "out")
    assert answer.status == 2
    assert not [name for name in everything_in(Path("out")) if "sqlite" in name]


def test_a_target_of_a_group_is_told(fundfreeze: Command) -> None:
    """`--until GROUP/METRIC` ends with its verdict, as a target of the whole does."""
    until = ("--by", "bank", "--until", "icbc/recovered_share=0.9")
    answer = fundfreeze("run", "china", *DAY, "--replications", 3, "--jobs", 1, *until)
    assert answer.status == 0
    assert answer.out.splitlines()[-1].startswith("icbc/recovered_share: half-width ")


def test_a_hypercube_fills_a_share_between_whole_bounds(fundfreeze: Command) -> None:
    """Whole bounds of a share bound all shares between them; a staff takes whole numbers, and whole bounds, only."""
    import polars as pl

    share = ("--vary", "criminals.reuse.share=0:1", "--vary", "desks.audit.shifts.0.staff=1:4")
    assert fundfreeze("sweep", "china", "--hypercube", 6, *share, *DAY, *FEW, "--out", "out").status == 0
    table = pl.read_parquet("out/sweep.parquet")
    shares = {float(value) for value in table["criminals.reuse.share"].to_list()}
    assert len(shares - {0.0, 1.0}) == 6
    assert {float(value) for value in table["desks.audit.shifts.0.staff"].to_list()} <= {1, 2, 3, 4}
    wrong = fundfreeze("sweep", "china", "--hypercube", 6, "--vary", "desks.audit.shifts.0.staff=1:4.5", *DAY, *FEW)
    assert wrong.err == "--vary: read desks.audit.shifts.0.staff=1:4.5, accepted with --hypercube: whole bounds\n"


def test_a_hypercube_takes_what_a_file_takes(fundfreeze: Command) -> None:
    """The field says of what kind its bounds are, also where the scenario does not write it; 0 needs no unit."""
    import polars as pl

    asked = (
        ("latency.bank.add=0:2h", 0, 120),
        ("latency.bank.factor=1:2", 1, 2),
        ("criminals.reuse.share=10%:20%", 0.1, 0.2),
    )
    for number, (vary, least, most) in enumerate(asked):
        out = f"out-{number}"
        answer = fundfreeze("sweep", "china", "--hypercube", 3, "--vary", vary, *DAY, *FEW, "--out", out)
        assert (answer.status, answer.err) == (0, "")
        table = pl.read_parquet(f"{out}/sweep.parquet")
        path = vary.partition("=")[0]
        values = table[f"{path}_min" if path.endswith("add") else path].unique().to_list()
        assert len(values) == 3
        assert all(least <= value <= most for value in values)
    wrong = fundfreeze("sweep", "china", "--hypercube", 3, "--vary", "latency.bank.add=5:20", *DAY, *FEW)
    assert wrong.err == (
        "--vary: read latency.bank.add=5:20, accepted with --hypercube: bounds with a unit such as 5m:1h\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("compare", "china", "--arm", "x:"),
            "--arm: read 'x:', accepted: NAME:PATH=VALUE[,PATH=VALUE]",
        ),
        (
            ("compare", "china", "--arm", "x:=3"),
            "--arm: read 'x:=3', accepted: NAME:PATH=VALUE[,PATH=VALUE]",
        ),
        (
            ("compare", "china", "--arm", "x:law=null", "--metric", "foo"),
            "--metric: read 'foo', accepted: loss, reported_loss, stopped, frozen, intercepted or another that run"
            " prints with --json",
        ),
        (
            ("sweep", "china", "--vary", "name=a,b"),
            "--vary: read name, which names the scenario, accepted: a path that changes its runs",
        ),
        (
            ("sweep", "china", "--vary", "horizon=1h,2h", "--metric", "loss", "--metric", "loss"),
            "--metric: read 'loss' twice, accepted: each metric once",
        ),
        (
            ("sensitivity", "china", "--arms", "china", "later:horizon=5h"),
            "--arms: read horizon 6h (china) and horizon 5h (later), accepted: arms of one time, such as --set"
            " horizon=5h",
        ),
        (
            ("whatifs", "china", "--file", "longer.yaml"),
            "whatifs: read horizon 6h (as it is) and horizon 2d (longer), accepted: arms of one time, such as --set"
            " horizon=2d",
        ),
    ],
)
def test_what_is_wrong_is_named_as_it_was_written(fundfreeze: Command, words: tuple[str, ...], said: str) -> None:
    """Arms, metrics and paths that cannot be: one line, with the option that is wrong and names that are near."""
    Path("longer.yaml").write_text(
        "longer:\n  title: Two days\n  label: assumed\n  source: a test\n  set: {horizon: 2d}\n", encoding="utf-8"
    )
    answer = fundfreeze(*words, *DAY, "--replications", 2, "--jobs", 1, "--out", "out")
    assert (answer.status, answer.err) == (2, said + "\n")
    assert not Path("out").exists()


def test_a_target_of_the_net_loss_is_told(fundfreeze: Command) -> None:
    """`--until` knows the net loss, as compare does, of groups too; its value is the loss less what was recovered."""
    answer = fundfreeze("run", "china", *DAY, *FEW, "--until", "net_loss=100M yuan", "--json").object["metrics"]
    assert answer["net_loss"]["mean"] == pytest.approx(answer["loss"]["mean"] - answer["recovered"]["mean"])
    grouped = fundfreeze("run", "china", *DAY, *FEW, "--by", "bank", "--until", "icbc/net_loss=100M yuan")
    assert grouped.out.splitlines()[-1].startswith("icbc/net_loss: half-width ")


@pytest.fixture
def posterior(fundfreeze: Command) -> str:
    """A file of draws of one parameter."""
    draws = Posterior({EXIT: "number"}, np.array([[0.2], [0.4]]), np.array([0.5, 0.5]))
    Path("posterior.parquet").write_bytes(draws.parquet())
    return "posterior.parquet"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "china", "--arm", f"fast:{EXIT}=0.6"), f"read another {EXIT} in fast than in china"),
        (("run", "china", "--set", f"{EXIT}=0.6"), f"read {EXIT} together with draws of {EXIT}"),
        (
            ("run", "china", "--set", "criminals.exit_by_layer=[0.5, 0.8, 0.8]"),
            f"read criminals.exit_by_layer together with draws of {EXIT}",
        ),
    ],
)
def test_a_posterior_undoes_nothing(fundfreeze: Command, posterior: str, words: tuple[str, ...], said: str) -> None:
    """What a posterior draws cannot be set, nor be what arms differ in; what it leaves alone can."""
    answer = fundfreeze(*words, *DAY, *FEW, "--posterior", posterior)
    assert answer.status == 2
    assert said in answer.err
    assert fundfreeze("run", "china", *DAY, *FEW, "--posterior", posterior).status == 0


def test_a_sweep_over_arrivals_says_that_other_people_are_robbed(fundfreeze: Command) -> None:
    """Settings with other victims share no luck with the first; settings of the centre do, and nothing is said."""
    told = fundfreeze("sweep", "china", "--vary", "victims.arrivals.city.per_day=2,3", *DAY, *FEW, "--out", "arrivals")
    assert "Other victims are robbed in 1 of 2 settings than in the first" in told.out
    told = fundfreeze("sweep", "china", "--vary", "desks.analyst.staff=4,5", *DAY, *FEW, "--out", "desks")
    assert told.status == 0
    assert "victims are robbed" not in told.out
