"""Key poses, random poses and the walking cycle of the rendered people."""

import numpy as np
import pytest

from data_scripts.people.angles import Arm, Leg, pose
from data_scripts.people.poses import (
    ANGLES,
    DEFAULT_MIX,
    KEY_POSES,
    LIMITS,
    index,
    mirror,
    sample_poses,
    walk_cycle,
)

FAMILIES = {"daily", "walk", "run", "low", "sport", "inverted", "dance"}


def key_matrix() -> np.ndarray:
    """All key poses (n, 33)."""
    return np.stack([vector for _, vector in KEY_POSES.values()])


def assert_inside_limits(angles: np.ndarray) -> None:
    assert angles.shape[-1] == len(LIMITS)
    assert (angles >= LIMITS[:, 0]).all()
    assert (angles <= LIMITS[:, 1]).all()


def test_angles_are_33_distinct_names_with_ordered_limits():
    assert len(ANGLES) == len(set(ANGLES)) == 33
    assert LIMITS.shape == (33, 2)
    assert (LIMITS[:, 0] < LIMITS[:, 1]).all()
    assert [index(name) for name in ANGLES] == list(range(33))
    with pytest.raises(ValueError):
        index("tail")


def test_key_poses_cover_every_family_within_the_limits():
    assert len(KEY_POSES) >= 60
    assert {family for family, _ in KEY_POSES.values()} == FAMILIES == set(DEFAULT_MIX)
    assert_inside_limits(key_matrix())
    assert len(np.unique(key_matrix(), axis=0)) == len(KEY_POSES)


def test_pose_builder_puts_every_value_in_its_column():
    built = pose(
        pelvis=(1, 2, 3),
        spine=(4, 5, 6),
        head=(7, 8, 9),
        left_arm=Arm(10, 11, 12, 13, 14, 15),
        right_arm=Arm(16, 17, 18, 19, 20, 21),
        left_leg=Leg(22, 23, 24, 25, 26),
        right_leg=Leg(27, 28, 29, 30, 31),
        curl=32,
    )
    expected = {"pitch": 1, "roll": 2, "yaw": 3, "sp_flex": 4, "hd_twist": 9}
    expected |= {"L_sf": 10, "L_el": 13, "L_wr": 15, "R_sf": 16, "R_pro": 20}
    expected |= {"L_hf": 22, "L_an": 26, "R_hf": 27, "R_kn": 30, "L_curl": 32}
    for name, value in expected.items():
        assert built[index(name)] == value, name


def test_pose_builder_lets_a_side_win_over_both():
    built = pose(arms=Arm(50), right_arm=Arm(70), legs=Leg(20), left_leg=Leg(40))
    found = [built[index(name)] for name in ("L_sf", "R_sf", "L_hf", "R_hf")]
    assert found == [50, 70, 40, 20]


def test_mirroring_twice_changes_nothing():
    poses = sample_poses(np.random.default_rng(3), 50)
    np.testing.assert_array_equal(mirror(mirror(poses)), poses)


def test_mirroring_swaps_the_sides_and_turns_twists_round():
    angles = np.arange(1, 34, dtype=np.float32)
    mirrored = mirror(angles)
    for name in ANGLES:
        value = mirrored[index(name)]
        if name.startswith("L_"):
            assert value == angles[index("R_" + name[2:])]
            assert mirrored[index("R_" + name[2:])] == angles[index(name)]
    for name in ("roll", "yaw", "sp_side", "sp_twist", "hd_side", "hd_twist"):
        assert mirrored[index(name)] == -angles[index(name)]
    for name in ("pitch", "sp_flex", "hd_flex"):
        assert mirrored[index(name)] == angles[index(name)]


@pytest.mark.parametrize("noise", [0.0, 7.0, 40.0])
def test_samples_stay_inside_the_limits(noise):
    poses = sample_poses(np.random.default_rng(0), 300, noise=noise)
    assert poses.shape == (300, 33)
    assert poses.dtype == np.float32
    assert_inside_limits(poses)


def test_samples_depend_on_the_seed_alone():
    first = sample_poses(np.random.default_rng(5), 20)
    np.testing.assert_array_equal(first, sample_poses(np.random.default_rng(5), 20))
    assert not np.array_equal(first, sample_poses(np.random.default_rng(6), 20))


def test_samples_vary_and_leave_the_heading_to_the_scene():
    poses = sample_poses(np.random.default_rng(0), 200)
    assert (poses[:, index("yaw")] == 0).all()
    assert (np.delete(poses, index("yaw"), axis=1).std(axis=0) > 1).all()


def test_without_noise_a_sample_lies_between_its_family():
    family = np.stack([v for f, v in KEY_POSES.values() if f == "sport"])
    both = np.concatenate([family, mirror(family)])
    poses = sample_poses(np.random.default_rng(1), 100, {"sport": 2.0}, noise=0)
    assert (poses >= both.min(axis=0) - 1e-4).all()
    assert (poses <= both.max(axis=0) + 1e-4).all()


def test_mix_chooses_the_families():
    upside_down = sample_poses(np.random.default_rng(0), 50, {"inverted": 1, "walk": 0})
    assert (np.abs(upside_down[:, :2]).max(axis=1) > 80).all()


@pytest.mark.parametrize("mix", [{"ballet": 1.0}, {}, {"walk": 0.0}, {"walk": -1.0}])
def test_a_wrong_mix_is_refused(mix):
    with pytest.raises(ValueError):
        sample_poses(np.random.default_rng(0), 3, mix)


def test_no_samples_gives_an_empty_array():
    assert sample_poses(np.random.default_rng(0), 0).shape == (0, 33)


@pytest.mark.parametrize("run", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("speed", [0.6, 1.0, 1.3])
def test_walking_repeats_and_its_sides_are_half_a_period_apart(speed, run):
    phase = np.linspace(0, 1, 24, endpoint=False)
    walk = walk_cycle(phase, speed, run)
    assert walk.shape == (24, 33)
    assert walk.dtype == np.float32
    assert_inside_limits(walk)
    np.testing.assert_allclose(walk_cycle(phase + 3, speed, run), walk, atol=1e-3)
    np.testing.assert_allclose(
        walk_cycle(phase + 0.5, speed, run), mirror(walk), atol=1e-3
    )


def test_walking_swings_the_arm_against_the_leg():
    start = walk_cycle(np.array([0.0]))[0]
    assert start[index("L_hf")] > start[index("R_hf")]
    assert start[index("L_sf")] < start[index("R_sf")]


def test_running_bends_the_knee_and_the_elbow_more():
    phase = np.linspace(0, 1, 40)
    walk, run = walk_cycle(phase), walk_cycle(phase, run=1.0)
    for name in ("L_kn", "L_el", "R_kn", "R_el"):
        assert run[:, index(name)].max() > walk[:, index(name)].max() + 20
