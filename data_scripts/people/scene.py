"""Scenes drawn at random: one framed person, groups and crowds."""

import math

import numpy as np

from data_scripts.people.appearance import cloth_colour, sample_appearance
from data_scripts.people.background import paint_background
from data_scripts.people.body import sample_shapes
from data_scripts.people.camera import Camera, look_at
from data_scripts.people.poses import sample_poses
from data_scripts.people.shade import sample_light
from data_scripts.people.structures import Framing, Occluder, People, Scene

Rng = np.random.Generator
ALL_POSES = {
    "daily": 0.24,
    "walk": 0.14,
    "run": 0.12,
    "low": 0.17,
    "sport": 0.23,
    "inverted": 0.03,
    "dance": 0.07,
}
EASY_POSES = {"daily": 0.4, "walk": 0.3, "run": 0.15, "sport": 0.15}
GROUP_POSES = {
    "daily": 0.35,
    "walk": 0.25,
    "run": 0.1,
    "low": 0.12,
    "sport": 0.12,
    "dance": 0.06,
}
OCCLUDED_SHARE = 0.35  # of the hard crops
STANDING_ROOM = 0.55  # metres between people of a group, at least
LAYOUTS = 16  # arrangements of a crowd to choose from
BOARD = (0.7, 1.55)  # metres, the width and height that somebody's joints take


def sample_people(rng: Rng, position: np.ndarray, mix: dict[str, float]) -> People:
    """People at (N, 2) metres on the ground, in poses of `mix`, turned anyhow."""
    count = len(position)
    return People(
        angles=sample_poses(rng, count, mix),
        shape=sample_shapes(rng, count),
        appearance=sample_appearance(rng, count),
        position=position,
        yaw=rng.uniform(-180, 180, count),
    )


def crop_scene(rng: Rng, height: int, width: int, level: str = "hard") -> Scene:
    """One person who fills the image.

    level "easy": everyday poses, seen within 60 degrees of the front, nothing in
    front. "hard": all poses and views, clutter, often an object in front.
    """
    if level not in ("easy", "hard"):
        raise ValueError(f'level is "easy" or "hard", not {level!r}')
    is_easy = level == "easy"
    people = sample_people(rng, np.zeros((1, 2)), EASY_POSES if is_easy else ALL_POSES)
    frontal = people.yaw[0] + np.clip(30 * rng.normal(), -60, 60)
    azimuth = frontal if is_easy else rng.uniform(-180, 180)
    framing = Framing(
        azimuth=float(azimuth),
        elevation=float(np.clip(rng.normal(5, 9), -14, 43)),
        roll=float(4.5 * rng.normal()),
        distance=float(rng.uniform(3, 9)),
        fill=float(rng.uniform(0.65, 0.95)),
        shift=0.04 * rng.normal(size=2),
    )
    horizon = height * rng.uniform(0.25, 0.75) if rng.random() < 0.75 else None
    occluders = []
    if not is_easy and rng.random() < OCCLUDED_SHARE:
        occluders = [object_in_view(rng)]
    return Scene(
        people=people,
        camera=framing,
        light=sample_light(rng),
        background=paint_background(rng, height, width, horizon, not is_easy),
        occluders=occluders,
        shadow=float(rng.uniform(0.2, 0.6)),
        grain_seed=int(rng.integers(2**31)),
    )


def object_in_view(rng: Rng) -> Occluder:
    """A box or pole between the camera and the framed person."""
    thickness, length = 0.6 * rng.uniform(0.08, 0.5), rng.uniform(0.3, 1.5)
    return Occluder(
        shape=("box", "cylinder")[rng.integers(2)],
        size=np.array([thickness, thickness, length]),
        rotation=random_rotation(rng),
        centre=np.array(
            [rng.uniform(-0.45, 0.45), rng.uniform(-0.5, 0.5), rng.uniform(0.4, 0.8)]
        ),
        colour=cloth_colour(rng, 1)[0],
        is_in_view=True,
    )


def random_rotation(rng: Rng) -> np.ndarray:
    """A rotation (3, 3), all equally likely."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


def room_camera(rng: Rng, height: int, width: int) -> tuple[Camera, float]:
    """A camera at eye height looking slightly down, and the row of its horizon."""
    eye_height = rng.uniform(1.1, 2.9)
    focal = height * rng.uniform(0.9, 1.5)
    pitch = rng.uniform(0.02, 0.16) + 0.05 * (eye_height - 1.4)
    eye = np.array([0.0, 0.0, eye_height])
    target = eye + np.array([0.0, math.cos(pitch), -math.sin(pitch)])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    horizon = centre[1] - focal * math.tan(pitch)
    return Camera(look_at(eye, target), eye, float(focal), centre), float(horizon)


def group_scene(rng: Rng, height: int, width: int, people: tuple[int, int]) -> Scene:
    """Fewest to most `people` who stand apart, with some objects."""
    count = int(rng.integers(people[0], people[1] + 1))
    camera, horizon = room_camera(rng, height, width)
    placed: list[np.ndarray] = []
    for _ in range(count):
        placed.append(free_place(rng, placed, camera, width, 4 + 0.9 * count))
    return room_scene(rng, height, width, np.array(placed), camera, horizon)


def free_place(
    rng: Rng,
    placed: list[np.ndarray],
    camera: Camera,
    width: int,
    farthest: float,
    reach: float = 0.42,
) -> np.ndarray:
    """A place in view, (2,) metres, with room around it if one is found.

    reach: the part of the image's width to either side of its middle.
    """
    for _ in range(30):
        depth = rng.uniform(2.8, farthest)
        across = rng.uniform(-reach, reach) * depth * width / camera.focal
        place = np.array([across, depth])
        if all(math.dist(place, other) > STANDING_ROOM for other in placed):
            break
    return place


def crowd_scene(
    rng: Rng,
    height: int,
    width: int,
    people: tuple[int, int],
    crowd_index: float,
) -> Scene:
    """A scene whose crowd index comes near `crowd_index` (0..1).

    Of several arrangements, the one whose expected index comes nearest is taken. The
    number of people grows with the index, and the closer to 1, the more of them stand
    one behind the other, as seen from the camera.
    """
    fewest, most = people
    most = fewest + round((most - fewest) * (0.15 + 0.85 * crowd_index))
    fewest = min(fewest + round(4 * crowd_index), most)
    camera, horizon = room_camera(rng, height, width)
    layouts = []
    for _ in range(LAYOUTS):
        count = int(rng.integers(fewest, most + 1))
        layouts.append(arrange_crowd(rng, count, camera, width, crowd_index))
    error = [abs(expected_index(layout, camera) - crowd_index) for layout in layouts]
    position = layouts[int(np.argmin(error))]
    return room_scene(rng, height, width, position, camera, horizon)


def arrange_crowd(
    rng: Rng, count: int, camera: Camera, width: int, crowd_index: float
) -> np.ndarray:
    """Places (count, 2) of people in clusters, the fewer the larger the index."""
    clusters = max(1, round(count * (1 - crowd_index) ** rng.uniform(0.7, 2)))
    reach = 0.4 - 0.2 * crowd_index
    placed: list[np.ndarray] = []
    for person in range(count):
        if person < clusters:
            place = free_place(rng, placed, camera, width, 5 + 0.4 * count, reach)
        else:
            place = behind(rng, placed[person % clusters], crowd_index)
        placed.append(place)
    return np.array(placed)


def behind(rng: Rng, place: np.ndarray, crowd_index: float) -> np.ndarray:
    """A place behind or before `place` that hides more, the larger the index."""
    spread = 0.05 + 0.5 * (1 - crowd_index)
    depth = max(2.8, place[1] + rng.choice([-1, 1]) * rng.uniform(0.35, 1.2))
    across = place[0] * depth / place[1] + spread * rng.normal()
    return np.array([across, depth])


def expected_index(position: np.ndarray, camera: Camera) -> float:
    """The crowd index, roughly, of people who stand at (N, 2) metres: see `labels`.

    Everybody is taken for a board as wide and high as BOARD whose joints fill it.
    """
    if len(position) < 2:
        return 0.0
    wide, high = BOARD
    middle, depth = position.T  # (N,) each, metres
    sides = (middle + wide * np.array([[-0.5], [0.5]])) / depth  # (2, N) slopes
    ends = (np.array([[0.0], [high]]) - camera.eye[2]) / depth
    shares = np.ones((len(position), len(position)))  # of the joints of b in a's box
    for low, top in (sides, ends):
        common = np.minimum(top[:, None], top) - np.maximum(low[:, None], low)
        shares *= np.clip(common / (top - low), 0, 1)
    return float(np.minimum(shares.sum(axis=1) - 1, 1).mean())


def room_scene(
    rng: Rng,
    height: int,
    width: int,
    position: np.ndarray,
    camera: Camera,
    horizon: float,
) -> Scene:
    """People at (N, 2) in a room with up to three objects."""
    occluders = [
        object_on_floor(rng, camera, width, position)
        for _ in range(int(rng.integers(0, 4)))
    ]
    return Scene(
        people=sample_people(rng, position, GROUP_POSES),
        camera=camera,
        light=sample_light(rng),
        background=paint_background(rng, height, width, horizon, False),
        occluders=occluders,
        shadow=float(rng.uniform(0.2, 0.6)),
        grain_seed=int(rng.integers(2**31)),
    )


def object_on_floor(
    rng: Rng, camera: Camera, width: int, position: np.ndarray
) -> Occluder:
    """A crate or post on the ground in view, if possible not where people stand."""
    size = rng.uniform([0.15, 0.15, 0.4], [0.7, 0.6, 1.6])
    place = free_place(rng, list(position), camera, width, 8)
    return Occluder(
        shape=("box", "cylinder")[rng.integers(2)],
        size=size,
        rotation=np.eye(3),
        centre=np.array([*place, size[2] / 2]),
        colour=cloth_colour(rng, 1)[0],
    )
