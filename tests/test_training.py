"""The training loop against closed forms, and every way a run can be cut short."""

import os
import signal
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from course_lib import checkpoints
from course_lib.training import (
    History,
    build,
    fit,
    load_weights,
    pick_device,
    save_weights,
)

TRUE_WEIGHT = torch.tensor([[1.5, -2.0, 0.5]])


def line_batch(generator, size=32):
    x = torch.randn(size, 3, generator=generator)
    return x, x @ TRUE_WEIGHT.T + 0.25


def square_loss(net, batch):
    x, y = batch
    return (net(x) - y).square().mean()


def small_net(seed=0):
    """Dropout and batch norm: what a resumed run gets wrong most easily."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1)
    )


def train(net, steps=30, **options):
    options = {"device": "cpu", "progress": False, "schedule": "cosine", **options}
    return fit(net, square_loss, line_batch, steps, **options)


def assert_same_state(net, other):
    state = net.state_dict()
    for name, tensor in other.state_dict().items():
        assert torch.equal(state[name], tensor), name


def test_linear_regression_reaches_the_closed_form():
    torch.manual_seed(1)
    net = nn.Linear(3, 1)
    history = train(net, steps=400, lr=0.1, optimizer="adam")
    x, y = line_batch(torch.Generator().manual_seed(99), size=64)
    design = torch.cat([x, torch.ones(64, 1)], dim=1)
    solution = torch.linalg.lstsq(design, y).solution.flatten()
    found = torch.cat([net.weight.flatten(), net.bias]).detach()
    assert torch.allclose(found, solution, atol=1e-3)
    assert history.steps == list(range(1, 401))
    assert history.losses[-1] < 1e-4 < history.losses[0]
    assert not net.training


def test_two_runs_agree_and_leave_the_global_stream_alone():
    first, second = small_net(), small_net()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one = train(first)
    assert torch.equal(torch.rand(3), expected)
    torch.rand(1000)  # another state of the global stream must not matter
    assert train(second).losses == one.losses
    assert_same_state(first, second)
    assert train(small_net(), seed=1).losses != one.losses


def test_build_gives_the_weights_of_a_seed_and_leaves_the_global_stream_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, again, other = (
        build(nn.Conv2d, 3, 4, 3, seed=seed, device="cpu") for seed in (1, 1, 2)
    )
    assert torch.equal(torch.rand(3), expected)
    assert_same_state(first, again)
    assert not torch.equal(first.weight, other.weight)
    assert first.weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("optimizer", ["adamw", "adagrad", "rmsprop"])
def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path, optimizer):
    path = tmp_path / "run" / "state.pt"
    whole, cut = small_net(), small_net()
    expected = train(whole, optimizer=optimizer).losses

    def failing_batch(generator):
        if len(seen) == 17:
            raise RuntimeError("power cut")
        seen.append(1)
        return line_batch(generator)

    seen = []
    options = {"device": "cpu", "progress": False, "schedule": "cosine", "every": 10}
    options |= {"checkpoint": path, "optimizer": optimizer}
    with pytest.raises(RuntimeError, match="power cut"):
        fit(cut, square_loss, failing_batch, 30, **options)
    resumed = small_net(seed=7)  # another start, so that only the file can help
    history = fit(resumed, square_loss, line_batch, 30, **options)
    assert history.losses == expected
    assert_same_state(resumed, whole)


def test_interrupt_ends_after_the_step_and_saves(tmp_path):
    path = tmp_path / "state.pt"
    whole, cut = small_net(), small_net()
    expected = train(whole).losses
    calls = []

    def interrupted_batch(generator):
        calls.append(1)
        if len(calls) == 13:
            os.kill(os.getpid(), signal.SIGINT)
        return line_batch(generator)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        fit(
            cut,
            square_loss,
            interrupted_batch,
            30,
            device="cpu",
            progress=False,
            schedule="cosine",
            checkpoint=path,
        )
    assert signal.getsignal(signal.SIGINT) is before
    assert len(torch.load(path)["losses"]) == 13
    assert train(cut, checkpoint=path).losses == expected
    assert_same_state(cut, whole)


def test_a_finished_checkpoint_needs_no_more_steps(tmp_path):
    path = tmp_path / "state.pt"
    first = small_net()
    history = train(first, checkpoint=path)

    def no_batch(_):
        raise AssertionError("nothing is left to train")

    second = small_net(seed=3)
    options = {"device": "cpu", "schedule": "cosine", "checkpoint": path}
    assert fit(second, square_loss, no_batch, 30, **options) == history
    assert_same_state(first, second)


def test_interrupted_writing_keeps_the_old_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "state.pt"
    train(small_net(), checkpoint=path)
    old = path.read_bytes()

    def half_a_write(_, target):
        target.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(checkpoints.torch, "save", half_a_write)
    with pytest.raises(OSError, match="disk full"):
        checkpoints.save_checkpoint(path, {}, [], net=small_net())
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["state.pt"]


@pytest.mark.parametrize("damage", ["half", "foreign", "text", "steps", "net"])
def test_a_wrong_checkpoint_is_named_and_changes_nothing(tmp_path, damage):
    path = tmp_path / "state.pt"
    train(small_net(), checkpoint=path)
    net, options = small_net(seed=2), {"checkpoint": path}
    if damage == "half":
        path.write_bytes(path.read_bytes()[:500])
    elif damage == "foreign":
        torch.save({"epoch": 3}, path)
    elif damage == "text":
        path.write_text("hello")
    elif damage == "steps":
        options["steps"] = 60
    else:
        net = nn.Linear(3, 1)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    with pytest.raises(ValueError, match=r"state\.pt .*Delete the file"):
        train(net, **options)
    for name, tensor in net.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_zero_steps():
    assert train(small_net(), steps=0) == History([], [])
    assert History([], []).smoothed() == []


def test_smoothed_is_a_running_mean():
    assert History([1, 2, 3, 4], [4.0, 2.0, 6.0, 0.0]).smoothed(2) == [4, 3, 4, 3]


def test_a_loss_that_is_not_finite_names_its_step():
    def loss_fn(net, batch):
        calls.append(1)
        return square_loss(net, batch) * (float("nan") if len(calls) == 25 else 1)

    calls = []
    with pytest.raises(FloatingPointError, match="nan at step 25"):
        fit(small_net(), loss_fn, line_batch, 50, device="cpu", progress=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", -1),
        ("seed", -1),
        ("every", 0),
        ("optimizer", "adamx"),
        ("schedule", "linear"),
        ("amp", "int8"),
    ],
)
def test_bad_arguments_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name}.*{value}"):
        train(small_net(), **{name: value})


def test_loss_must_be_one_number():
    with pytest.raises(ValueError, match=r"not shape \(32, 1\)"):
        fit(
            small_net(),
            lambda net, batch: net(batch[0]),
            line_batch,
            1,
            device="cpu",
            progress=False,
        )


def test_schedule_and_clip():
    """Plain gradient descent with a gradient of norm 1 moves by the learning rate."""
    net = nn.Linear(1, 1, bias=False)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
    weights = []

    def steep(net, _):
        weights.append(net.weight.item())
        return 100 * net.weight.sum()

    fit(
        net,
        steep,
        line_batch,
        4,
        optimizer=optimizer,
        schedule=lambda p: 1 - p,
        clip=1.0,
        device="cpu",
        progress=False,
    )
    moves = -torch.tensor([*weights, net.weight.item()]).diff()
    assert torch.allclose(moves, torch.tensor([0.5, 0.375, 0.25, 0.125]), atol=1e-5)
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_one_cycle_rises_and_falls():
    """Highest after 15 % of the steps, next to nothing at both ends."""
    net = nn.Linear(1, 1, bias=False)
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
    positions = []

    def slope(net, _):
        positions.append(net.weight.item())
        return net.weight.sum()

    options = {"optimizer": optimizer, "schedule": "one-cycle", "progress": False}
    fit(net, slope, lambda generator: (), 101, device="cpu", **options)
    rates = -np.diff(positions)  # of steps 0 .. 99
    assert rates.argmax() in (15, 16)
    assert rates.max() == pytest.approx(1, abs=0.01)
    assert rates[0] == pytest.approx(0.04, abs=1e-4)
    assert rates[-1] < 0.002
    assert (np.diff(rates[:15]) > 0).all()
    assert (np.diff(rates[16:]) < 0).all()


def test_progress_prints_a_few_plain_lines(capsys):
    train(small_net(), steps=100, progress=True)
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].startswith("step  20/100  loss ")
    assert len(lines) == 5
    assert not err
    train(small_net(), steps=2, progress=True)
    assert len(capsys.readouterr().out.splitlines()) == 1


def train_on_two(folder):
    """Runs in each of two processes: trains and leaves what it has seen."""
    rank = os.environ["RANK"] = str(torch.distributed.get_rank())
    net, first = small_net(seed=int(rank)), []

    def batch_fn(generator):
        batch = line_batch(generator)
        first.append(batch[0])
        return batch

    options = {"checkpoint": folder / "state.pt", "optimizer": "sgd", "lr": 0.05}
    history = fit(net, square_loss, batch_fn, 30, progress=True, **options)
    seen = {"losses": history.losses, "net": net.state_dict(), "x": first[0]}
    torch.save(seen, folder / f"{rank}.pt")


def test_two_processes(tmp_path, capfd):
    from accelerate import debug_launcher
    from accelerate.state import AcceleratorState

    AcceleratorState._reset_state(reset_partial_state=True)  # the children start anew
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        debug_launcher(train_on_two, (tmp_path,), num_processes=2)
    one, two = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    assert one["losses"] == two["losses"]
    assert len(one["losses"]) == 30
    assert torch.equal(one["net"]["0.weight"], two["net"]["0.weight"])
    assert not torch.equal(one["x"], two["x"])
    assert capfd.readouterr().out.count("step 30/30") == 1
    assert (tmp_path / "state.pt").exists()


def test_weights_round_trip_in_half_precision(tmp_path):
    path = tmp_path / "net.safetensors"
    net = small_net()
    train(net)
    save_weights(net, path)
    loaded = load_weights(small_net(seed=4), path)
    for name, tensor in net.state_dict().items():
        other = loaded.state_dict()[name]
        assert other.dtype == tensor.dtype
        assert torch.allclose(other.double(), tensor.double(), rtol=1e-3, atol=1e-4)
    first = path.read_bytes()
    save_weights(loaded, path)
    assert path.read_bytes() == first


@pytest.mark.parametrize("damage", ["missing", "half", "shape", "names", "surplus"])
def test_wrong_weights_are_named(tmp_path, damage):
    path = tmp_path / "net.safetensors"
    save_weights(nn.Linear(3, 2), path)
    nets = {
        "shape": nn.Linear(3, 1),
        "names": nn.Sequential(nn.Linear(3, 2)),
        "surplus": nn.Linear(3, 2, bias=False),
    }
    if damage == "missing":
        path.unlink()
    elif damage == "half":
        path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ValueError, match=r"net\.safetensors .*save_weights"):
        load_weights(nets.get(damage, nn.Linear(3, 2)), path)


def test_weights_of_every_kind_are_kept(tmp_path):
    nets = [nn.Linear(2, 1), nn.Linear(2, 1)]
    for net, value in zip(nets, (True, False), strict=True):
        net.register_buffer("mask", torch.tensor([value, not value]))
        net.register_buffer("nothing", torch.zeros(0, 3))
        net.register_buffer("steps", torch.tensor(100_001 * value))
    save_weights(nets[0], tmp_path / "net.safetensors")
    load_weights(nets[1], tmp_path / "net.safetensors")
    for name in ("mask", "nothing", "steps"):
        assert torch.equal(getattr(nets[0], name), getattr(nets[1], name))


def test_weights_beyond_half_precision_keep_their_own(tmp_path):
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    net[1].running_var[1] = 1e6 + 1
    save_weights(net, tmp_path / "net.safetensors")
    loaded = load_weights(
        nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)), tmp_path / "net.safetensors"
    )
    assert torch.equal(loaded[1].running_var, net[1].running_var)
    assert torch.equal(loaded[0].weight, net[0].weight.half().float())


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_weights_that_are_not_finite_are_refused(tmp_path, value):
    net = nn.Linear(2, 1)
    nn.init.constant_(net.weight, value)
    with pytest.raises(ValueError, match="weight is not finite"):
        save_weights(net, tmp_path / "net.safetensors")
    assert not any(tmp_path.iterdir())


def test_pick_device(monkeypatch):
    monkeypatch.setenv("ACCELERATE_USE_CPU", "true")
    assert pick_device() == torch.device("cpu")
    monkeypatch.delenv("ACCELERATE_USE_CPU")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert pick_device() == torch.device("cuda:3")


needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")


@needs_cuda
@pytest.mark.parametrize("amp", [False, True, "bf16", "fp16"])
def test_on_a_gpu(tmp_path, amp):
    path = tmp_path / "state.pt"
    seen = []

    def loss_fn(net, batch):
        seen.append(net(batch[0]).dtype)
        return square_loss(net, batch)

    options = {
        "amp": amp,
        "progress": False,
        "lr": 0.02,
        "checkpoint": path,
        "optimizer": "adagrad",
    }
    net = small_net()
    history = fit(net, loss_fn, line_batch, 100, **options)
    assert history.losses[-1] < history.losses[0] / 2
    assert next(net.parameters()).is_cuda
    assert set(seen) == {torch.float32}
    assert "forward" not in vars(net)
    again = fit(small_net(3), loss_fn, line_batch, 100, **options)
    assert again == history
    train(small_net(), steps=2)  # back to the CPU in the same process
