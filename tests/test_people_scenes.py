"""What scenes hold: crops, groups, crowds, clips; looks, backgrounds and light."""

import colorsys

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from data_scripts.people.appearance import (
    HAIR_COLOURS,
    SKIN_TONES,
    Surface,
    cloth_colour,
    sample_appearance,
)
from data_scripts.people.background import paint_background, square_wave
from data_scripts.people.body import REGIONS, Body
from data_scripts.people.clips import RUN, WALK, clip_scenes
from data_scripts.people.labels import annotate_image, crowd_index
from data_scripts.people.objects import LOWEST_EYE, MESHES, occluder_triangles
from data_scripts.people.scene import (
    ALL_POSES,
    EASY_POSES,
    GROUP_POSES,
    crop_scene,
    crowd_scene,
    expected_index,
    group_scene,
)
from data_scripts.people.shade import finish, sample_light, shade
from data_scripts.people.structures import Framing

MAKERS = {
    "easy": lambda rng: [crop_scene(rng, 48, 36, "easy")],
    "hard": lambda rng: [crop_scene(rng, 48, 36)],
    "group": lambda rng: [group_scene(rng, 48, 64, (1, 6))],
    "crowd": lambda rng: [crowd_scene(rng, 48, 64, (2, 20), 0.5)],
    "clip": lambda rng: clip_scenes(rng, 48, 64, 3, (2, 5)),
}


@pytest.fixture(scope="module")
def surface(renderer):
    return renderer.surface


def tensors(looks, person=None):
    """Appearance as float tensors, of all people or of one for each of many points."""
    chosen = slice(None) if person is None else person
    return {
        name: torch.as_tensor(np.asarray(value, np.float32))[chosen]
        for name, value in looks.items()
    }


@pytest.mark.parametrize("kind", MAKERS)
def test_everybody_stands_on_the_ground(renderer, kind):
    for seed in range(4):
        scenes = MAKERS[kind](np.random.default_rng(seed))
        lowest = renderer.assemble(scenes).vertices[..., 2].amin(dim=1)
        np.testing.assert_allclose(lowest, 0, atol=1e-5)


@pytest.mark.parametrize("kind", MAKERS)
def test_the_same_seed_gives_the_same_scene(kind):
    first, second = (MAKERS[kind](np.random.default_rng(5)) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a.background, b.background)
        np.testing.assert_array_equal(a.people.angles, b.people.angles)
        np.testing.assert_array_equal(a.people.position, b.people.position)
        for name, value in a.people.appearance.items():
            np.testing.assert_array_equal(value, b.people.appearance[name])
        assert len(a.occluders) == len(b.occluders)
        assert (a.grain_seed, a.frame) == (b.grain_seed, b.frame)


@pytest.mark.parametrize("mix", [ALL_POSES, EASY_POSES, GROUP_POSES])
def test_pose_mixes_add_up_to_one(mix):
    assert sum(mix.values()) == pytest.approx(1)


def test_easy_crops_are_frontal_and_free():
    rng = np.random.default_rng(0)
    scenes = [crop_scene(rng, 16, 12, "easy") for _ in range(300)]
    assert not any(scene.occluders for scene in scenes)
    turned = [scene.camera.azimuth - scene.people.yaw[0] for scene in scenes]
    turned = np.abs((np.array(turned) + 180) % 360 - 180)
    assert np.quantile(turned, 0.9) < 60  # degrees; 1.64 standard deviations are 48
    assert turned.max() < 130
    assert {len(scene.people) for scene in scenes} == {1}


def test_hard_crops_show_all_sides_and_a_third_has_an_object():
    rng = np.random.default_rng(0)
    scenes = [crop_scene(rng, 16, 12) for _ in range(300)]
    share = np.mean([len(scene.occluders) for scene in scenes])
    assert 0.27 < share < 0.43  # 35 % to within three standard deviations
    turned = [scene.camera.azimuth - scene.people.yaw[0] for scene in scenes]
    quarters = np.histogram(np.array(turned) % 360, 4, (0, 360))[0]
    assert quarters.min() > 45  # of 75


def test_a_level_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="'medium'"):
        crop_scene(np.random.default_rng(0), 16, 12, "medium")


def test_framing_fills_the_image_as_asked(renderer):
    rng = np.random.default_rng(1)
    scenes = [crop_scene(rng, 64, 48) for _ in range(12)]
    for scene, picture in zip(scenes, renderer.render(scenes), strict=True):
        x, y, w, h = picture.people[0].box_full
        framing, size = scene.camera, np.array([48, 64])
        assert isinstance(framing, Framing)
        assert (np.array([w, h]) / size).max() == pytest.approx(framing.fill, abs=1e-3)
        centre = np.array([x + (w - 1) / 2, y + (h - 1) / 2])
        shift = (centre - (size - 1) / 2) / size
        np.testing.assert_allclose(shift, framing.shift, atol=1e-3)
        assert picture.camera["eye"][2] >= LOWEST_EYE


@pytest.mark.parametrize("people", [(1, 1), (1, 6), (3, 3)])
def test_groups_have_as_many_people_as_asked_and_they_stand_apart(people):
    rng = np.random.default_rng(2)
    counts = []
    for _ in range(40):
        scene = group_scene(rng, 32, 32, people)
        counts.append(len(scene.people))
        place = scene.people.position
        apart = np.linalg.norm(place[:, None] - place, axis=-1) + 9 * np.eye(len(place))
        assert apart.min() > 0.3
        assert len(scene.occluders) <= 3
    assert set(counts) == set(range(people[0], people[1] + 1))


def test_crowds_are_as_crowded_as_asked(renderer):
    """Over scenes as the set `crowds` draws them, with the index of the labels."""
    asked = (np.arange(24) * 0.6180339887498949) % 1
    measured, counts = [], []
    for seed, wanted in enumerate(asked):
        rng = np.random.default_rng(seed)
        scene = crowd_scene(rng, 192, 192, (2, 20), wanted)
        picture = renderer.render([scene], 1, False)[0]
        measured.append(
            crowd_index(annotate_image(picture.people, picture.instances, 1))
        )
        counts.append(len(scene.people))
    correlation = spearmanr(asked, measured).statistic
    assert correlation > 0.7, f"rank correlation {correlation:.2f}"
    assert min(measured) < 0.1
    assert max(measured) > 0.9
    assert min(counts) >= 2
    assert 12 < max(counts) <= 20


def test_the_expected_index_knows_its_ends():
    camera = crowd_scene(np.random.default_rng(0), 64, 64, (2, 2), 0.0).camera
    alone = np.array([[0.0, 4.0]])
    assert expected_index(alone, camera) == 0
    apart = np.array([[-2.0, 4.0], [2.0, 4.0]])
    assert expected_index(apart, camera) == 0
    same = np.array([[0.0, 4.0], [0.0, 4.0]])
    assert expected_index(same, camera) == 1
    order = np.array([[0.0, 4.0], [0.3, 5.0], [-0.2, 6.0]])
    assert expected_index(order, camera) == expected_index(order[::-1], camera)


def test_clips_follow_the_same_walkers(renderer):
    frames = clip_scenes(np.random.default_rng(3), 64, 96, 10, (3, 5), fps=12.0)
    assert len(frames) == 10
    ids = [scene.people.track_ids.tolist() for scene in frames]
    assert ids == [list(range(1, len(frames[0].people) + 1))] * 10
    for picture in renderer.render(frames[:2], 1):
        assert [person.track_id for person in picture.people] == ids[0]
    steps = np.diff([scene.people.position for scene in frames], axis=0)  # (9, N, 2)
    speed = 12 * np.linalg.norm(steps, axis=-1)
    assert np.all(np.isclose(speed, WALK) | np.isclose(speed, RUN))
    facing = np.radians(frames[0].people.yaw)
    direction = np.stack([np.sin(facing), -np.cos(facing)], axis=-1)
    np.testing.assert_allclose((steps * direction).sum(-1), speed / 12)  # forward
    for scene in frames[1:]:
        assert scene.people.appearance is frames[0].people.appearance
        assert scene.grain_seed == frames[0].grain_seed


def test_the_camera_of_a_clip_moves_and_keeps_its_horizon():
    moved = []
    for seed in range(6):
        frames = clip_scenes(np.random.default_rng(seed), 64, 96, 24, (2, 3))
        rows = []
        for scene in frames:
            camera = scene.camera
            ahead = camera.rotation[2] * [1, 1, 0]  # level, where the camera looks
            _, down, depth = camera.rotation @ ahead
            rows.append(camera.centre[1] + camera.focal * down / depth)
            assert scene.background.shape == (64, 96, 3)
        assert np.ptp(rows) < 0.5  # px; the pan tilts it by a fiftieth of its depth
        moved.append(np.ptp([scene.camera.eye[0] for scene in frames]))
    assert min(moved) > 0.4  # metres


@pytest.mark.parametrize("kind", ["group", "crowd", "clip"])
def test_floors_end_at_the_horizon_of_the_camera(monkeypatch, kind):
    painted = []

    def paint(rng, height, width, horizon, distractors):
        painted.append(horizon)
        return paint_background(rng, height, width, horizon, distractors)

    module = "clips" if kind == "clip" else "scene"
    monkeypatch.setattr(f"data_scripts.people.{module}.paint_background", paint)
    for seed in range(5):
        camera = MAKERS[kind](np.random.default_rng(seed))[0].camera
        ahead = camera.rotation[2] * [1, 1, 0]
        _, down, depth = camera.rotation @ ahead
        row = camera.centre[1] + camera.focal * down / depth
        assert row == pytest.approx(painted[-1], abs=0.5)


def test_the_backdrop_of_a_clip_moves_with_the_pan():
    for seed in range(4):
        frames = clip_scenes(np.random.default_rng(seed), 64, 96, 24, (2, 3))
        turn = [scene.camera.rotation[2, :2] for scene in (frames[0], frames[-1])]
        shift = frames[0].camera.focal * (
            turn[1][0] / turn[1][1] - turn[0][0] / turn[0][1]
        )
        move, first = round(shift), frames[0].background
        last = frames[-1].background
        one, two = (first[:, move:], last) if move > 0 else (last[:, -move:], first)
        width = one.shape[1]
        errors = [
            np.abs(one[:, 1 + k : width - 1 + k] - two[:, 1 : width - 1]).max()
            for k in (-1, 0, 1)
        ]
        assert min(errors) == 0  # the same picture, up to rounding to a pixel


def test_everybody_wears_clothes(surface):
    """Points on trunk and hips look the same whatever the colour of the skin is."""
    rng, body = np.random.default_rng(4), surface.body
    regions = [REGIONS.index(n) for n in ("torso", "upper_leg_l", "upper_leg_r")]
    face = np.flatnonzero(np.isin(body.face_region.numpy(), regions))
    person = np.repeat(np.arange(200), 150)
    face = torch.as_tensor(rng.choice(face, len(person)))
    weight = torch.as_tensor(
        rng.dirichlet(np.ones(3), len(person)), dtype=torch.float32
    )
    corners = body.faces[face]
    points = (body.rest[corners] * weight[..., None]).sum(dim=1)
    limb_t = (body.limb_t[corners] * weight).sum(dim=1)
    looks, region = tensors(sample_appearance(rng, 200), person), body.face_region[face]
    colours = []
    for skin in ([1.0, 0.0, 1.0], [0.0, 1.0, 0.0]):
        looks["skin"] = torch.tensor(skin).expand(len(person), 3)
        colours.append(surface.colour(points, limb_t, region, looks)[0])
    bare = (colours[0] - colours[1]).abs().amax(dim=1) > 0.05
    torso = region == regions[0]
    throat = torso & (points[:, 2] > 0.46) & (points[:, 0].abs() < 0.08)
    shorts_end = ~torso & (limb_t > 0.38)
    assert bare[shorts_end].any()  # so the test does see skin where there is some
    assert not bare[~throat & ~shorts_end].any()


def test_every_vertex_of_the_trunk_is_covered(surface):
    looks = tensors(sample_appearance(np.random.default_rng(5), 200))
    body = surface.body
    top, trousers, _, _ = surface.covers(
        body.rest.expand(200, -1, -1),
        body.limb_t[None],
        body.vertex_region[None],
        {name: value[:, None] for name, value in looks.items()},
    )
    torso = body.vertex_region == REGIONS.index("torso")
    throat = (body.rest[:, 2] > 0.46) & (body.rest[:, 0].abs() < 0.08)
    assert (top | trousers)[:, torso & ~throat].all()
    assert not (top & trousers).any()


def test_clothes_are_never_the_colour_of_skin():
    colours = cloth_colour(np.random.default_rng(6), 3000)
    assert colours.shape == (3000, 3)
    hues = np.array([colorsys.rgb_to_hsv(*colour)[0] for colour in colours])
    skin = np.array([colorsys.rgb_to_hsv(*colour)[0] for colour in SKIN_TONES])
    assert hues.min() > skin.max() + 0.04
    assert hues.max() < skin.min() + 1 - 0.04  # hues go round a circle
    nearest = np.linalg.norm(colours[:, None] - SKIN_TONES, axis=-1).min()
    assert nearest > 0.05


@pytest.mark.parametrize("count", [0, 1, 7])
def test_appearance_has_one_row_per_person(count):
    looks = sample_appearance(np.random.default_rng(7), count)
    colours = "skin hair top top_second trousers trousers_second shoe sock hat".split()
    for name, value in looks.items():
        assert value.shape == ((count, 3) if name in colours else (count,)), name
        assert value.dtype == np.float32
        assert np.isfinite(value).all()
    for name in colours:
        assert ((looks[name] >= 0) & (looks[name] <= 1.06)).all(), name


def test_all_skin_tones_and_hair_colours_appear():
    looks = sample_appearance(np.random.default_rng(8), 600)
    tone = looks["skin"] / looks["skin"].max(axis=1, keepdims=True)
    known = SKIN_TONES / SKIN_TONES.max(axis=1, keepdims=True)
    nearest = np.abs(tone[:, None] - known).sum(axis=-1).argmin(axis=1)
    assert len(np.unique(nearest)) == len(SKIN_TONES)
    assert len(np.unique(looks["hair"], axis=0)) == len(HAIR_COLOURS)


@pytest.mark.parametrize("resolution", ["low", "full"])
def test_clothes_stand_off_the_skin_by_millimetres(resolution):
    surface = Surface(Body(resolution))
    looks = tensors(sample_appearance(np.random.default_rng(9), 20))
    offsets = surface.offsets(looks)
    assert offsets.shape == (20, len(surface.body.rest))
    assert offsets.min() >= 0
    assert 0.01 < offsets.max() < 0.08  # metres; the most is long hair on a coat
    noise = surface.noise(surface.body.rest, 9.0)
    assert ((noise >= 0) & (noise <= 1)).all()


@pytest.mark.parametrize("horizon", [None, -5.0, 0.0, 13.4, 60.0])
@pytest.mark.parametrize("size", [(37, 50), (1, 1), (3, 90)])
def test_backgrounds_are_pictures(size, horizon):
    for distractors in (False, True):
        rng = np.random.default_rng(10)
        image = paint_background(rng, *size, horizon, distractors)
        assert image.shape == (*size, 3)
        assert image.dtype == np.float32
        assert image.min() >= 0
        assert image.max() <= 1


def test_backgrounds_differ_and_are_seldom_noisy():
    rng = np.random.default_rng(11)
    images = [paint_background(rng, 64, 64, 30.0, False) for _ in range(30)]
    means = np.array([image.mean(axis=(0, 1)) for image in images])
    assert means.std(axis=0).min() > 0.08
    rough = [np.abs(np.diff(image, axis=1)).mean() for image in images]
    assert np.median(rough) < 0.03  # mean step to the next pixel, of 0..1


def test_a_square_wave_has_soft_edges_and_fades_out():
    phase = np.linspace(0, 20, 4001)
    sharp = square_wave(phase, np.full_like(phase, 50.0))
    assert sharp.max() == 0.5
    assert sharp.min() == -0.5
    assert np.mean(np.abs(sharp) < 0.5) < 0.03
    assert sharp.mean() == pytest.approx(0, abs=0.01)
    assert not square_wave(phase, np.full_like(phase, 1.5)).any()


def test_lights_come_from_above():
    rng = np.random.default_rng(12)
    for light in (sample_light(rng) for _ in range(50)):
        assert np.linalg.norm(light.direction) == pytest.approx(1)
        assert light.direction[2] > 0.3
        assert 0 < light.ambient < 1
        assert np.abs(light.colour - 1).max() <= 0.2


def test_surfaces_that_face_the_light_are_brighter():
    direction = torch.tensor([[0.6, 0.0, 0.8]]).expand(3, 3)
    normal = torch.stack([direction[0], torch.tensor([0.8, 0, -0.6]), -direction[0]])
    colour, ambient = torch.full((3, 3), 0.4), torch.full((3,), 0.5)
    white = torch.ones(3, 3)
    lit = shade(colour, normal, direction, ambient, white)
    assert (lit[0] > lit[1]).all()
    assert (lit[1] >= lit[2]).all()
    assert (lit > 0).all()
    torch.testing.assert_close(
        shade(0.5 * colour, normal, direction, ambient, white), 0.5 * lit
    )
    glossy = shade(colour, normal, direction, ambient, white, torch.ones(3))
    assert (glossy >= lit).all()
    assert (glossy[0] > lit[0]).all()


def test_finished_pictures_do_not_depend_on_their_batch():
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(3, 9, 7, 3, generator=generator) * 1.4
    seeds = [(5, 0), (6, 0), (7, 3)]
    together = finish(images, seeds)
    assert together.shape == (3, 9, 7, 3)
    assert together.dtype == np.uint8
    for i in range(3):
        np.testing.assert_array_equal(
            finish(images[i : i + 1], seeds[i : i + 1])[0], together[i]
        )


def test_frames_share_their_exposure_and_not_their_noise():
    grey = torch.full((12, 40, 40, 3), 0.5)
    frames = finish(grey, [(3, k) for k in range(12)]).astype(float)
    assert np.ptp(frames.mean(axis=(1, 2, 3))) < 0.5
    assert (frames[0] != frames[1]).mean() > 0.3
    other = finish(grey, [(k, 0) for k in range(12)]).astype(float)
    assert np.ptp(other.mean(axis=(1, 2, 3))) > 20


@pytest.mark.parametrize("shape", MESHES)
def test_objects_are_closed_and_of_size_one(shape):
    mesh = MESHES[shape]
    # A cylinder of 14 sides is 2.5 % thinner from side to side than corner to corner.
    np.testing.assert_allclose(np.ptp(mesh.reshape(-1, 3), axis=0), 1, atol=0.026)
    # The divergence theorem: outward fronts give the volume, all edges cancel.
    volume = np.linalg.det(mesh).sum() / 6
    expected = {"box": 1.0, "cylinder": 14 / 8 * np.sin(2 * np.pi / 14)}[shape]
    assert volume == pytest.approx(expected)
    area = np.cross(mesh[:, 1] - mesh[:, 0], mesh[:, 2] - mesh[:, 0])
    np.testing.assert_allclose(area.sum(axis=0), 0, atol=1e-9)


def test_objects_stand_on_the_ground(renderer):
    rng = np.random.default_rng(13)
    scenes = [group_scene(rng, 32, 32, (1, 2)) for _ in range(8)]
    cameras = [scene.camera for scene in scenes]
    corners, image, colours, normals = occluder_triangles(scenes, cameras)
    assert len(corners) == len(image) == len(colours) == len(normals) > 0
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)
    for i, scene in enumerate(scenes):
        if scene.occluders:
            assert corners[image == i][..., 2].min() == pytest.approx(0, abs=1e-9)
