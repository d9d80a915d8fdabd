"""Pictures and labels of rendered people, against ray casting and projection in NumPy.

The oracles know the world mesh and the camera, and nothing of the rasteriser.
"""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
import torch

from course_lib.skeletons import BODY27
from data_scripts.people import observe
from data_scripts.people.appearance import sample_appearance
from data_scripts.people.body import sample_shapes
from data_scripts.people.camera import Camera, look_at
from data_scripts.people.charts import MIRROR_PART
from data_scripts.people.objects import occluder_triangles
from data_scripts.people.poses import KEY_POSES, mirror
from data_scripts.people.render import OBJECT, Renderer, cover, make_grid
from data_scripts.people.scene import crop_scene, crowd_scene, group_scene
from data_scripts.people.structures import Light, People, Scene

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
SUN = Light(np.array([0.0, -0.6, 0.8]), 0.6, np.ones(3))
RIGHT_PARTS = {3, 6, 7, 9, 11, 13, 16, 18, 20, 22, 23}  # DensePose's numbering


@cache
def crops():
    """Hard crops, some behind objects, at the size of the set `single`."""
    rng = np.random.default_rng(3)
    return [crop_scene(rng, 128, 96) for _ in range(14)]


@cache
def groups():
    """Groups at the size of the set `groups`."""
    rng = np.random.default_rng(4)
    return [group_scene(rng, 384, 384, (4, 6)) for _ in range(4)]


@pytest.fixture(scope="module")
def drawn(renderer):
    """Scenes with their pictures: crops (two samples a side), then groups (one)."""
    pictures = renderer.render(crops(), 2, False) + renderer.render(groups(), 1, False)
    return list(zip(crops() + groups(), pictures, strict=True))


def plain_scene(position, pose="stand", yaw=0.0, size=(96, 72), seed=0):
    """People at (N, 2) metres in one pose before a grey wall, seen from 5 m."""
    rng, count = np.random.default_rng(seed), len(position)
    people = People(
        angles=np.tile(KEY_POSES[pose][1], (count, 1)),
        shape=sample_shapes(rng, count),
        appearance=sample_appearance(rng, count),
        position=np.array(position, dtype=float),
        yaw=np.full(count, yaw),
    )
    eye = np.array([0.3, -5.0, 1.3])
    centre = (np.array(size[::-1]) - 1) / 2
    camera = Camera(look_at(eye, np.array([0.0, 0.0, 0.9])), eye, 1.9 * size[0], centre)
    return Scene(people, camera, SUN, np.full((*size, 3), 0.5, np.float32))


def world(renderer, scene):
    """One scene's crowd and camera, world triangles (T, 3, 3) and their instances."""
    crowd = renderer.assemble([scene])
    camera = renderer.place_cameras([scene], crowd).placed[0]
    faces = renderer.body.faces.numpy()
    bodies = crowd.vertices.numpy()[:, faces].reshape(-1, 3, 3)
    objects = occluder_triangles([scene], [camera])[0]
    owner = np.repeat(crowd.instance.numpy(), len(faces))
    owner = np.concatenate([owner, np.full(len(objects), OBJECT)])
    return crowd, camera, np.concatenate([bodies, objects]), owner


def caster(triangles):
    """Embree's first hits: cast(eye, rays (n, 3)) gives triangles (n,) and metres."""
    trimesh = pytest.importorskip("trimesh")
    pytest.importorskip("embreex")
    from trimesh.ray.ray_pyembree import RayMeshIntersector

    corners = triangles.reshape(-1, 3)
    faces = np.arange(len(corners)).reshape(-1, 3)
    mesh = trimesh.Trimesh(corners, faces, process=False)
    intersector = RayMeshIntersector(mesh)

    def cast(eye, rays):
        rays = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        eyes = np.tile(eye, (len(rays), 1))
        triangle, distance = np.full(len(rays), -1), np.full(len(rays), np.inf)
        place, ray, hit = intersector.intersects_location(
            eyes, rays, multiple_hits=False
        )
        triangle[ray] = hit
        distance[ray] = np.linalg.norm(place - eye, axis=1)
        return triangle, eyes + np.where(distance < np.inf, distance, 0)[:, None] * rays

    return cast


def pixel_rays(camera, height, width):
    """World directions (H * W, 3) through all pixel centres."""
    y, x = np.mgrid[:height, :width]
    plane = (np.stack([x, y], axis=-1) - camera.centre) / camera.focal
    seen = np.concatenate([plane, np.ones((height, width, 1))], axis=-1)
    return seen.reshape(-1, 3) @ camera.rotation


def test_joints_are_where_a_projection_matrix_puts_them(renderer, drawn):
    for scene, picture in drawn:
        crowd = renderer.assemble([scene])
        numbers = picture.camera
        f, cx, cy = numbers["f"], numbers["cx"], numbers["cy"]
        rotation, eye = np.array(numbers["R"]), np.array(numbers["eye"])
        intrinsics = np.array([[f, 0, cx], [0, f, cy], [0, 0, 1]])
        extrinsics = np.hstack([rotation, -rotation @ eye[:, None]])  # (3, 4)
        points = crowd.joints.double().numpy()
        points = np.concatenate([points, np.ones((*points.shape[:2], 1))], axis=-1)
        for label, own in zip(picture.people, points, strict=True):
            seen = own @ extrinsics.T
            flat = seen @ intrinsics.T
            # The camera is stored with 4 to 6 digits, which is worth 0.01 px.
            np.testing.assert_allclose(
                label.keypoints, flat[:, :2] / flat[:, 2:], atol=0.03
            )
            np.testing.assert_allclose(label.joints_3d, seen, atol=1e-3)
            assert label.depth == pytest.approx(
                seen[BODY27.index("pelvis"), 2], abs=1e-3
            )


def test_seen_joints_lie_on_the_person(drawn):
    distances = []
    for _, picture in drawn:
        for person in picture.people:
            outside = (picture.instances != person.instance).astype(np.uint8)
            distance = cv2.distanceTransform(outside, cv2.DIST_L2, 5)
            x, y = person.keypoints[person.visible == 2].round().astype(int).T
            distances.append(distance[y, x])
    distances = np.concatenate(distances)
    assert len(distances) > 300
    assert np.mean(distances <= 2) > 0.99
    assert np.mean(distances == 0) > 0.9


def test_flags_are_zero_exactly_outside_of_the_image(renderer, drawn):
    cut_off = plain_scene([(0.8, 0.0)])
    flags = []
    for picture in [*(picture for _, picture in drawn), *renderer.render([cut_off])]:
        height, width = picture.instances.shape
        for person in picture.people:
            x, y = person.keypoints.T
            inside = (abs(x - (width - 1) / 2) < width / 2) & (
                person.joints_3d[:, 2] > 0
            )
            inside &= abs(y - (height - 1) / 2) < height / 2
            np.testing.assert_array_equal(person.visible > 0, inside)
            flags.append(person.visible)
    assert set(np.concatenate(flags)) == {0, 1, 2}


def test_visibility_agrees_with_ray_casting(renderer, drawn):
    """A joint is seen if the first hit on its ray is near it and of its person."""
    same, people = [], 0
    for scene, picture in drawn:
        crowd, camera, triangles, owner = world(renderer, scene)
        cast = caster(triangles)
        reach = observe.radii(renderer.body, crowd).numpy()
        for i, label in enumerate(picture.people):
            joints = crowd.joints[i].numpy()
            hit, place = cast(camera.eye, joints - camera.eye)
            near = np.linalg.norm(place - joints, axis=1) < reach[i]
            seen = (hit >= 0) & near & (owner[hit] == label.instance)
            inside = label.visible > 0
            same.append(seen[inside] == (label.visible[inside] == 2))
            people += 1
    agreement = np.concatenate(same).mean()
    assert people >= 30
    assert agreement >= 0.97, f"{agreement:.1%} of {people} people's joints agree"


def test_another_person_close_in_front_hides_joints(renderer):
    """Two alike, 4 cm apart: skin near a joint does not count if it is another's."""
    scene = plain_scene([(0.0, 0.0)])
    people = scene.people

    def twice(values):
        return {name: np.asarray(value).repeat(2, 0) for name, value in values.items()}

    both = People(
        angles=people.angles.repeat(2, axis=0),
        shape=twice(people.shape),
        appearance=twice(people.appearance),
        position=np.array([[0.0, 0.0], [0.0, 0.04]]),
        yaw=people.yaw.repeat(2),
    )
    front, back = renderer.render([replace(scene, people=both)])[0].people
    assert (front.visible == 2).mean() > 0.8
    assert (back.visible == 1).mean() > 0.8


@pytest.mark.parametrize("supersample", [1, 2])
def test_instances_agree_with_ray_casting(renderer, supersample):
    rng = np.random.default_rng(5)
    scenes = [group_scene(rng, 192, 200, (3, 5)) for _ in range(2)]
    for scene, picture in zip(
        scenes, renderer.render(scenes, supersample), strict=True
    ):
        _, camera, triangles, owner = world(renderer, scene)
        rays = pixel_rays(camera, *picture.instances.shape)
        hit, _ = caster(triangles)(camera.eye, rays)
        expected = np.where(hit >= 0, owner[hit], 0)
        agreement = (expected == picture.instances.ravel()).mean()
        assert agreement >= 0.9999, f"{agreement:.2%} of the pixels agree"
        assert OBJECT in picture.instances or not scene.occluders


@pytest.mark.parametrize("nearer", [0, 1])
def test_the_nearer_person_covers_the_other(renderer, nearer):
    position = [(0.1, 0.0), (0.0, 0.8)][:: 1 if nearer == 0 else -1]
    scene = plain_scene(position)
    masks = []
    for i in range(2):
        parts = {
            name: {
                key: value[i : i + 1] for key, value in vars(scene.people)[name].items()
            }
            for name in ("shape", "appearance")
        }
        rest = {
            name: vars(scene.people)[name][i : i + 1]
            for name in ("angles", "position", "yaw")
        }
        alone = replace(scene, people=People(**parts, **rest))
        masks.append(renderer.render([alone], 1)[0].instances > 0)
    both = renderer.render([scene], 1)[0].instances
    assert (masks[0] & masks[1]).sum() > 100
    farther_alone = (1 - masks[nearer]) * masks[1 - nearer]
    expected = (nearer + 1) * masks[nearer] + (2 - nearer) * farther_alone
    np.testing.assert_array_equal(both, expected)


def test_boxes_hold_the_person(renderer):
    scene = plain_scene([(0.0, 0.0)], size=(160, 120))
    picture = renderer.render([scene])[0]
    y, x = np.nonzero(picture.instances)
    seen = [x.min(), y.min(), x.max() - x.min() + 1, y.max() - y.min() + 1]
    person = picture.people[0]
    np.testing.assert_allclose(person.box_full, seen, atol=1.5)
    x, y, w, h = person.head_box
    assert y == pytest.approx(person.box_full[1], abs=0.5)
    assert 0.1 * person.box_full[3] < h < 0.2 * person.box_full[3]
    nose = person.keypoints[BODY27.index("nose")]
    assert x - 0.5 < nose[0] < x + w - 0.5
    assert y - 0.5 < nose[1] < y + h - 0.5


def test_parts_are_on_people_and_nowhere_else(renderer):
    for picture in renderer.render(
        [*crops()[:8], plain_scene([(0, 0)], size=(128, 96))]
    ):
        is_body = (picture.instances > 0) & (picture.instances < OBJECT)
        np.testing.assert_array_equal(picture.iuv[..., 0] > 0, is_body)
        assert picture.iuv[..., 0].max() <= 24
        assert not picture.iuv[~is_body].any()


def test_left_parts_are_on_the_persons_left(renderer):
    """Seen from the front, that is on the right of the picture."""
    picture = renderer.render([plain_scene([(0.0, 0.0)], size=(192, 144))])[0]
    middle = picture.people[0].keypoints[BODY27.index("pelvis"), 0]
    parts = picture.iuv[..., 0]
    fronts = set(np.unique(parts)) - {0}
    assert fronts >= {2, 3, 4, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22, 23, 24}
    for part in fronts - {1, 2}:
        x = np.nonzero(parts == part)[1].mean()
        assert (x < middle) == (part in RIGHT_PARTS), f"part {part} at {x:.0f}"
    assert (parts == 2).sum() > 20 * (parts == 1).sum()


def chart_density(body):
    """Largest usual change of U or V per metre inside of each part, (25,)."""
    faces, rest = body.faces.numpy(), body.rest.numpy()
    corners, uv = rest[faces], body.uv.numpy()
    edges = corners[:, 1:] - corners[:, :1]  # (F, 2, 3)
    gradient = np.linalg.pinv(edges) @ (uv[:, 1:] - uv[:, :1])  # (F, 3, 2) per metre
    steepest = np.linalg.norm(gradient, axis=1).max(axis=1)
    parts = body.parts.numpy()
    return np.array(
        [np.quantile(steepest[parts == k], 0.95) if k else 0 for k in range(25)]
    )


def test_surface_coordinates_are_smooth_inside_a_part(renderer):
    """One pixel is depth / f metres; with depths at most three times that apart, the
    surface points are at most sqrt(10) times that apart; bodies are as large as the
    one at rest to within a half."""
    rng = np.random.default_rng(8)
    scenes = [crop_scene(rng, 256, 192, "easy") for _ in range(4)]
    crowd = renderer.assemble(scenes)
    cameras = renderer.place_cameras(scenes, crowd)
    triangles, image, _ = renderer.gather_triangles(scenes, crowd, cameras, 1)
    grid = make_grid(scenes, 1)
    samples = cover(triangles, image, grid)
    depths = grid.spread(samples, samples.depth, torch.inf).numpy()
    density = chart_density(renderer.body)
    jumps = []
    for i, picture in enumerate(renderer.render(scenes, 1)):
        part, uv = picture.iuv[..., 0], picture.iuv[..., 1:].astype(float)
        metre = depths[i] / cameras.placed[i].focal
        for one, two in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
            near = (part[one] == part[two]) & (part[one] > 0)
            step = metre[one][near]
            near[near] = np.abs(depths[i][one][near] - depths[i][two][near]) < 3 * step
            change = np.abs(uv[one] - uv[two]).max(axis=-1)[near]
            bound = 1.5 * 10**0.5 * density[part[one][near]] * metre[one][near]
            jumps.append(change > 255 * bound + 1)
    jumps = np.concatenate(jumps)
    assert len(jumps) > 30000
    assert jumps.mean() < 0.01, f"{jumps.mean():.2%} of the steps jump"


def test_a_mirrored_scene_gives_a_mirrored_picture(renderer):
    scene = plain_scene([(0.2, 0.0)], "serve", 35.0, (192, 144))
    people, camera = scene.people, scene.camera
    flip = np.diag([-1.0, 1.0, 1.0])
    mirrored = replace(
        scene,
        people=replace(
            people,
            angles=np.stack([mirror(angles) for angles in people.angles]),
            position=people.position * [-1, 1],
            yaw=-people.yaw,
        ),
        camera=replace(
            camera, rotation=flip @ camera.rotation @ flip, eye=flip @ camera.eye
        ),
    )
    before, after = renderer.render([scene, mirrored])
    width = before.image.shape[1]
    one, two = before.people[0], after.people[0]
    order = list(BODY27.flip_permutation)
    expected = one.keypoints[order] * [-1, 1] + [width - 1, 0]
    np.testing.assert_allclose(two.keypoints, expected, atol=1e-3)
    masks = [before.instances[:, ::-1] > 0, after.instances > 0]
    assert (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum() > 0.98
    swap = np.array([MIRROR_PART.get(part, 0) for part in range(25)])
    both = masks[0] & masks[1]
    parts = swap[before.iuv[:, ::-1, 0]]
    assert (parts[both] == after.iuv[..., 0][both]).mean() > 0.97


def assert_same(one, two, rounding=0):
    """Equal pictures and labels, values of the image to within `rounding`."""
    difference = np.abs(one.image.astype(int) - two.image)
    assert difference.max() <= rounding
    np.testing.assert_array_equal(one.instances, two.instances)
    np.testing.assert_array_equal(one.iuv, two.iuv)
    for a, b in zip(one.people, two.people, strict=True):
        np.testing.assert_allclose(a.keypoints, b.keypoints, atol=1e-3)
        np.testing.assert_array_equal(a.visible, b.visible)
        np.testing.assert_allclose(a.box_full, b.box_full, atol=1e-3)


def test_the_same_seed_gives_the_same_bytes(renderer):
    first, second = (
        renderer.render([crop_scene(np.random.default_rng(9), 64, 48)])[0]
        for _ in range(2)
    )
    assert first.image.tobytes() == second.image.tobytes()
    assert_same(first, second)
    other = renderer.render([crop_scene(np.random.default_rng(10), 64, 48)])[0]
    assert (other.image != first.image).mean() > 0.5


def test_the_rest_of_a_batch_does_not_matter(renderer):
    rng = np.random.default_rng(11)
    scenes = [group_scene(rng, 96, 96, (1, 4)) for _ in range(3)]
    scenes += [crowd_scene(rng, 96, 96, (2, 8), 0.6)]
    together = renderer.render(scenes)
    for scene, picture in zip(scenes, together, strict=True):
        assert_same(renderer.render([scene])[0], picture, rounding=2)


@pytest.mark.parametrize("supersample", [1, 2, 3])
@pytest.mark.parametrize("size", [(33, 57), (16, 16), (7, 1)])
def test_sizes_may_be_odd_and_tiny(renderer, size, supersample):
    rng = np.random.default_rng(12)
    scenes = [crop_scene(rng, *size), group_scene(rng, *size, (1, 3))]
    for picture in renderer.render(scenes, supersample):
        assert picture.image.shape == picture.iuv.shape == (*size, 3)
        assert picture.instances.shape == size
        arrays = (picture.image, picture.iuv, picture.instances)
        assert all(array.dtype == np.uint8 for array in arrays)
        for person in picture.people:
            assert person.keypoints.shape == (27, 2)
            assert person.joints_3d.shape == (27, 3)
            assert np.isfinite(person.keypoints).all()


@pytest.mark.parametrize("place", ["behind", "beside", "nobody"])
def test_people_out_of_view_leave_no_trace(renderer, place):
    scene = plain_scene([] if place == "nobody" else [(0.0, 0.0)])
    if place == "behind":
        turned = np.diag([-1.0, 1.0, -1.0]) @ scene.camera.rotation
        scene = replace(scene, camera=replace(scene.camera, rotation=turned))
    if place == "beside":
        centre = scene.camera.centre + np.array([5000, 0])
        scene = replace(scene, camera=replace(scene.camera, centre=centre))
    picture = renderer.render([scene])[0]
    assert not picture.instances.any()
    assert not picture.iuv.any()
    assert len(picture.people) == (place != "nobody")
    assert all((person.visible == 0).all() for person in picture.people)
    assert picture.image.std() < 10  # nothing but wall, noise and at most a shadow


def test_what_cannot_be_rendered_is_refused(renderer):
    scenes = [plain_scene([(0, 0)]), plain_scene([(0, 0)], size=(96, 73))]
    with pytest.raises(ValueError, match=r"one size.*\(96, 72\), \(96, 73\)"):
        renderer.render(scenes)
    with pytest.raises(ValueError, match="one size"):
        renderer.render([])
    with pytest.raises(ValueError, match="supersample"):
        renderer.render(scenes[:1], supersample=0)


def test_surface_false_changes_nothing_but_the_surface(renderer):
    with_surface, without = (
        renderer.render(crops()[:2], 2, s)[1] for s in (True, False)
    )
    assert with_surface.iuv.any()
    assert not without.iuv.any()
    np.testing.assert_array_equal(with_surface.image, without.image)
    np.testing.assert_array_equal(with_surface.instances, without.instances)


def test_the_full_body_is_drawn_as_the_low_one_is(renderer):
    scene = plain_scene([(0.0, 0.0)], size=(128, 96))
    low, full = renderer.render([scene])[0], Renderer("full").render([scene])[0]
    masks = [low.instances > 0, full.instances > 0]
    assert (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum() > 0.93
    difference = low.people[0].keypoints - full.people[0].keypoints
    assert np.linalg.norm(difference, axis=1).max() < 2  # px, about 2 cm


@needs_gpu
def test_a_gpu_draws_the_same_pictures(renderer):
    on_gpu = Renderer(device="cuda").render(crops()[:6])
    for cpu, gpu in zip(renderer.render(crops()[:6]), on_gpu, strict=True):
        assert (cpu.instances == gpu.instances).mean() > 0.999
        assert np.abs(cpu.image.astype(int) - gpu.image).mean() < 0.5
        for a, b in zip(cpu.people, gpu.people, strict=True):
            np.testing.assert_allclose(a.keypoints, b.keypoints, atol=0.01)
            assert (a.visible == b.visible).mean() > 0.95
