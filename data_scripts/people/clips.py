"""Clips: walkers and runners who cross each other before a moving camera."""

from dataclasses import dataclass

import numpy as np

from data_scripts.people.appearance import cloth_colour, sample_appearance
from data_scripts.people.background import paint_background
from data_scripts.people.body import sample_shapes
from data_scripts.people.camera import Camera, look_at
from data_scripts.people.poses import walk_cycle
from data_scripts.people.shade import sample_light
from data_scripts.people.structures import Light, Occluder, People, Scene

Rng = np.random.Generator
WALK, RUN = 1.25, 2.9  # metres a second
DOWN = 0.08  # the camera looks down by this slope


@dataclass(frozen=True)
class Walkers:
    """N people on straight paths.

    yaw: (N,) degrees. middle: (N, 2) metres, where they are at time 0. speed: (N,)
    metres a second. cadence: (N,) cycles a second. phase, run: (N,) 0..1.
    """

    shape: dict[str, np.ndarray]
    looks: dict[str, np.ndarray]
    yaw: np.ndarray
    middle: np.ndarray
    speed: np.ndarray
    cadence: np.ndarray
    phase: np.ndarray
    run: np.ndarray

    def at(self, time: float) -> People:
        """Everybody at `time` seconds."""
        count = len(self.yaw)
        facing = np.radians(self.yaw)
        direction = np.stack([np.sin(facing), -np.cos(facing)], axis=1)
        phase = self.phase + self.cadence * time  # (N,) cycles
        angles = [walk_cycle(phase[i : i + 1], run=self.run[i]) for i in range(count)]
        return People(
            angles=np.concatenate(angles),
            shape=self.shape,
            appearance=self.looks,
            position=self.middle + time * self.speed[:, None] * direction,
            yaw=self.yaw,
            track_ids=np.arange(1, count + 1),
        )


@dataclass(frozen=True)
class Stage:
    """What the frames of a clip share; `backdrop` is twice as wide as a frame."""

    walkers: Walkers
    backdrop: np.ndarray
    light: Light
    post: Occluder
    focal: float
    eye_height: float
    pan: float
    shadow: float
    grain_seed: int


def sample_walkers(rng: Rng, count: int, spread: float) -> Walkers:
    """Walkers to either side, a quarter of them running; spread: metres at 1 m."""
    # yaw 90 faces +X, which is to the right in the image
    yaw = rng.choice([90.0, -90.0], count) + 26 * rng.normal(size=count)
    depth = np.sort(rng.uniform(3.2, 7.0, count))
    run = (rng.random(count) < 0.25).astype(float)
    shape, looks = sample_shapes(rng, count), sample_appearance(rng, count)
    slope = spread * rng.uniform(-0.3, 0.3, count)  # across, per metre of depth
    return Walkers(
        shape=shape,
        looks=looks,
        yaw=yaw,
        middle=np.stack([slope * depth, depth], axis=1),
        speed=np.where(run > 0, RUN, WALK),
        cadence=np.where(run > 0, 1.35, 0.95) * rng.uniform(0.9, 1.1, count),
        phase=rng.random(count),
        run=run,
    )


def clip_scenes(
    rng: Rng,
    height: int,
    width: int,
    frames: int,
    people: tuple[int, int],
    fps: float = 12.0,
) -> list[Scene]:
    """The frames of one clip with fewest to most `people`; track ids count from 1."""
    count = int(rng.integers(people[0], people[1] + 1))
    focal = 1.25 * height
    horizon = (height - 1) / 2 - DOWN * focal
    post_depth = rng.uniform(2.6, 4.0)
    stage = Stage(
        walkers=sample_walkers(rng, count, width / focal),
        backdrop=paint_background(rng, height, 2 * width, horizon, False),
        light=sample_light(rng),
        post=Occluder(
            shape="cylinder",
            size=np.array([0.22, 0.22, 2.6]),
            rotation=np.eye(3),
            centre=np.array([rng.uniform(-0.25, 0.25) * post_depth, post_depth, 1.3]),
            colour=cloth_colour(rng, 1)[0],
        ),
        focal=focal,
        eye_height=float(rng.uniform(1.3, 2.2)),
        pan=float(rng.uniform(-0.22, 0.22)),
        shadow=float(rng.uniform(0.2, 0.5)),
        grain_seed=int(rng.integers(2**30)),
    )
    times = (np.arange(frames) - frames / 2) / fps
    return [frame(stage, float(time), number) for number, time in enumerate(times)]


def frame(stage: Stage, time: float, number: int) -> Scene:
    """The scene at `time` seconds; the camera pans, walks and sways a little."""
    height, double = stage.backdrop.shape[:2]
    width = double // 2
    slope = stage.pan * time  # tangent of the pan angle
    eye = np.array([0.3 * time, 0.0, stage.eye_height + 0.02 * np.sin(6 * time)])
    target = eye + np.array([slope, 1.0, -DOWN])
    left = int(np.clip(width / 2 + stage.focal * slope, 0, width))
    return Scene(
        people=stage.walkers.at(time),
        camera=Camera(
            look_at(eye, target),
            eye,
            stage.focal,
            np.array([(width - 1) / 2, (height - 1) / 2]),
        ),
        light=stage.light,
        background=stage.backdrop[:, left : left + width],
        occluders=[stage.post],
        shadow=stage.shadow,
        grain_seed=stage.grain_seed,
        frame=number,
    )
