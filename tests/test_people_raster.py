"""The rasteriser and the camera, against brute force and closed forms."""

import numpy as np
import pytest
import torch

from data_scripts.people import raster
from data_scripts.people.camera import Camera, look_at, project
from data_scripts.people.raster import barycentric, rasterise

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
SIZES = [(24, 24), (17, 31), (40, 9), (1, 13), (13, 1)]


def random_triangles(rng, count, height, width, images=1):
    """Triangles (count, 3, 3) of many sizes, some outside, and their pictures."""
    middle = rng.uniform(-0.2, 1.2, (count, 1, 2)) * [width, height]
    spread = rng.choice([0.7, 3, 15], (count, 1, 1))
    corners = middle + rng.normal(size=(count, 3, 2)) * spread
    depth = rng.uniform(0.5, 9, (count, 3, 1))
    triangles = torch.tensor(np.concatenate([corners, depth], -1), dtype=torch.float32)
    return triangles, torch.tensor(rng.integers(images, size=count))


def brute_force(triangles, image_index, images, height, width, cull):
    """Nearest triangle per pixel by testing all of them in float64, and a safe mask.

    Safe pixels (images, height, width) are neither on an edge nor at equal depths.
    """
    y, x = np.mgrid[:height, :width].astype(np.float64)
    best = np.zeros((images, height, width))
    ids = np.full((images, height, width), -1)
    safe = np.ones((images, height, width), bool)
    for number, (corners, image) in enumerate(
        zip(triangles.double().numpy(), image_index.numpy(), strict=True)
    ):
        homogeneous = np.concatenate([corners[:, :2], np.ones((3, 1))], axis=1)
        area = np.linalg.det(homogeneous)
        if corners[:, 2].min() <= raster.NEAR or abs(area) < 1e-9 or cull * area > 0:
            continue
        pixels = np.stack([x, y, np.ones_like(x)], axis=-1)
        weights = pixels @ np.linalg.inv(homogeneous)
        inside = (weights >= 0).all(axis=-1)
        # Distance to an edge in pixels is weight times the height over that edge.
        gradient = np.linalg.norm(np.linalg.inv(homogeneous)[:2], axis=0)
        on_edge = (np.abs(weights / gradient).min(axis=-1) < 1e-3) & (
            weights > -1e-2
        ).all(axis=-1)
        inverse = weights @ (1 / corners[:, 2])
        nearer = inside & (inverse > best[image])
        tie = inside & (np.abs(inverse - best[image]) < 1e-5)
        safe[image] &= ~(on_edge | tie)
        best[image][nearer] = inverse[nearer]
        ids[image][nearer] = number
    return ids, safe


@pytest.mark.parametrize("cull", [True, False])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_rasterise_agrees_with_brute_force(height, width, cull):
    for seed in range(8):
        rng = np.random.default_rng(seed)
        triangles, image = random_triangles(rng, 60, height, width, images=3)
        expected, safe = brute_force(triangles, image, 3, height, width, cull)
        ids = rasterise(triangles, image, 3, height, width, cull)
        assert ids.shape == (3, height, width)
        assert ids.dtype == torch.int64
        assert safe.mean() > 0.9
        np.testing.assert_array_equal(ids.numpy()[safe], expected[safe])
        assert (expected >= 0).any()


def test_small_chunks_give_the_same_picture(monkeypatch):
    triangles, image = random_triangles(np.random.default_rng(0), 80, 30, 22, 2)
    whole = rasterise(triangles, image, 2, 30, 22)
    monkeypatch.setitem(raster.CHUNK, "cpu", 7)
    torch.testing.assert_close(rasterise(triangles, image, 2, 30, 22), whole)


def test_pixel_centres_lie_at_integers():
    square = torch.tensor(
        [
            [[1.5, 1.5, 2], [1.5, 4.5, 2], [4.5, 4.5, 2]],
            [[1.5, 1.5, 2], [4.5, 4.5, 2], [4.5, 1.5, 2]],
        ]
    )
    ids = rasterise(square, torch.zeros(2, dtype=torch.long), 1, 7, 8)[0]
    covered = torch.zeros(7, 8, dtype=torch.bool)
    covered[2:5, 2:5] = True
    torch.testing.assert_close(ids >= 0, covered)


def test_culling_keeps_front_faces_only():
    front = torch.tensor([[[0.0, 0.0, 2], [0.0, 9.0, 2], [9.0, 0.0, 2]]])
    image = torch.zeros(1, dtype=torch.long)
    assert raster.signed_area(front) < 0
    assert (rasterise(front, image, 1, 5, 5) == 0).any()
    assert (rasterise(front.flip(1), image, 1, 5, 5) == -1).all()
    assert (rasterise(front.flip(1), image, 1, 5, 5, cull=False) == 0).any()


@pytest.mark.parametrize("jitter", [0.0, 0.45])
def test_a_closed_sheet_has_no_holes(jitter):
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:21, :21].astype(np.float32)
    points = np.stack([x, y, np.full_like(x, 3)], -1).reshape(-1, 3)
    points[:, :2] += rng.uniform(-jitter, jitter, (len(points), 2))
    first = (np.arange(20)[:, None] * 21 + np.arange(20)).ravel()
    faces = np.concatenate(
        [
            np.stack([first, first + 21, first + 22], 1),
            np.stack([first, first + 22, first + 1], 1),
        ]
    )
    triangles = torch.tensor(points[faces], dtype=torch.float32)
    triangles[..., :2] = triangles[..., :2] * 5 - 10
    image = torch.zeros(len(faces), dtype=torch.long)
    assert (rasterise(triangles, image, 1, 80, 80, cull=False) >= 0).all()


def test_the_nearer_of_two_close_triangles_wins():
    far = torch.tensor([[0.0, 0.0, 8.0], [0.0, 60.0, 8.0], [60.0, 0.0, 8.0]])
    near = far - torch.tensor([0, 0, 1e-3])
    image = torch.zeros(2, dtype=torch.long)
    for triangles, winner in (([far, near], 1), ([near, far], 0)):
        ids = rasterise(torch.stack(triangles), image, 1, 20, 20)
        assert (ids == winner).all()


def test_nothing_to_draw():
    empty = torch.zeros(0, 3, 3)
    ids = rasterise(empty, torch.zeros(0, dtype=torch.long), 2, 5, 7)
    assert ids.shape == (2, 5, 7)
    assert (ids == -1).all()


@pytest.mark.parametrize("shift", [(-99, 0), (99, 0), (0, -99), (0, 99)])
def test_triangles_off_screen_leave_the_picture_empty(shift):
    triangles, image = random_triangles(np.random.default_rng(2), 30, 10, 10)
    triangles[..., :2] += torch.tensor(shift, dtype=torch.float32)
    assert (rasterise(triangles, image, 1, 10, 10, cull=False) == -1).all()


def test_triangles_at_or_behind_the_camera_are_dropped():
    triangles = torch.tensor([[[-50.0, -50.0, 2], [-50.0, 90.0, 2], [90.0, -50.0, 2]]])
    image = torch.zeros(1, dtype=torch.long)
    assert (rasterise(triangles, image, 1, 8, 8) == 0).all()
    for depth in (raster.NEAR / 2, 0.0, -3.0):
        triangles[0, 1, 2] = depth
        assert (rasterise(triangles, image, 1, 8, 8, cull=False) == -1).all()


def test_corners_that_are_not_finite_or_huge_are_harmless():
    corners = torch.tensor([[-1.0, -1.0, 2], [-1.0, 20.0, 2], [20.0, -1.0, 2]])
    triangles = corners.repeat(4, 1, 1)
    triangles[0, 1, 0] = torch.nan
    triangles[1, 1, 1] = torch.inf
    triangles[2, 1, 2] = torch.nan
    image = torch.zeros(4, dtype=torch.long)
    assert (rasterise(triangles, image, 1, 6, 6, cull=False) == 3).all()
    triangles[:, :, :2] *= 1e7
    assert (rasterise(triangles[3:], image[3:], 1, 6, 6) == 0).all()


def test_weights_are_perspective_correct_on_a_plane():
    """Corners of a plane in space: interpolating them must give back the ray's hit."""
    generator = torch.Generator().manual_seed(0)
    corners = torch.rand(200, 3, 3, generator=generator) * 4 - 2
    corners[..., 2] += 5
    focal, centre = 300.0, torch.tensor([40.0, 25.0])
    screen = corners[..., :2] / corners[..., 2:] * focal + centre
    triangles = torch.cat([screen, corners[..., 2:]], dim=-1)
    mix = torch.rand(200, 3, generator=generator)
    mix = mix / mix.sum(dim=1, keepdim=True)
    pixel = (screen * mix[..., None]).sum(dim=1)
    weights, depth = barycentric(triangles, pixel[:, 0], pixel[:, 1])
    ray = torch.cat([(pixel - centre) / focal, torch.ones(200, 1)], dim=1).double()
    sides = (corners[:, 1:] - corners[:, :1]).double()
    normal = torch.linalg.cross(sides[:, 0], sides[:, 1])
    distance = (normal * corners[:, 0]).sum(1) / (normal * ray).sum(1)
    hit = ray * distance[:, None]
    clear = (normal * ray).sum(1).abs() > 0.3 * normal.norm(dim=1) * ray.norm(dim=1)
    found = (corners * weights[..., None]).sum(dim=1).double()
    assert clear.sum() > 50
    torch.testing.assert_close(found[clear], hit[clear], atol=2e-3, rtol=0)
    depth = depth[clear].double()
    torch.testing.assert_close(depth, distance[clear], atol=2e-3, rtol=0)
    torch.testing.assert_close(weights.sum(dim=1), torch.ones(200))
    assert (weights >= 0).all()


def test_weights_at_the_corners_and_with_no_pixels():
    triangle = torch.tensor([[1.0, 2.0, 3.0], [2.0, 9.0, 5.0], [8.0, 4.0, 1.0]])
    weights, depth = barycentric(triangle.expand(3, 3, 3), *triangle[:, :2].T)
    torch.testing.assert_close(weights, torch.eye(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(depth, triangle[:, 2])
    weights, depth = barycentric(torch.zeros(0, 3, 3), torch.zeros(0), torch.zeros(0))
    assert weights.shape == (0, 3)
    assert depth.shape == (0,)


def camera_tensors(cameras):
    """The four tensors that `project` takes."""
    parts = [(c.rotation, c.eye, c.focal, c.centre) for c in cameras]
    columns = zip(*parts, strict=True)
    return [torch.tensor(np.array(part), dtype=torch.float32) for part in columns]


def some_cameras():
    rng = np.random.default_rng(4)
    for roll in (0.0, 12.0, -40.0):
        eye, target = rng.uniform(3, 6, 3), rng.uniform(-1, 1, 3)
        rotation = look_at(eye, target, roll)
        yield Camera(rotation, eye, 250.0 + roll, np.array([31.5, 20]))


def test_project_agrees_with_a_3x4_matrix():
    cameras = list(some_cameras())
    points = np.random.default_rng(0).uniform(-1, 1, (len(cameras), 20, 3))
    found = project(torch.tensor(points, dtype=torch.float32), *camera_tensors(cameras))
    for camera, cloud, seen in zip(cameras, points, found.numpy(), strict=True):
        intrinsic = np.diag([camera.focal, camera.focal, 1.0])
        intrinsic[:2, 2] = camera.centre
        rotation = camera.rotation.astype(np.float64)
        outer = np.concatenate([rotation, -rotation @ camera.eye[:, None]], axis=1)
        homogeneous = np.concatenate([cloud, np.ones((20, 1))], axis=1)
        expected = homogeneous @ (intrinsic @ outer).T
        np.testing.assert_allclose(seen[:, 2], expected[:, 2], atol=1e-4)
        expected = expected[:, :2] / expected[:, 2:]
        np.testing.assert_allclose(seen[:, :2], expected, atol=1e-2)


@pytest.mark.parametrize("scale", [2, 3, 0.5])
def test_supersampling_keeps_pixel_centres_at_integers(scale):
    tensors = camera_tensors(some_cameras())
    points = torch.rand(3, 9, 3, generator=torch.Generator().manual_seed(1))
    plain, fine = project(points, *tensors), project(points, *tensors, scale=scale)
    expected = scale * plain[..., :2] + (scale - 1) / 2
    torch.testing.assert_close(fine[..., :2], expected, atol=1e-3, rtol=0)
    torch.testing.assert_close(fine[..., 2], plain[..., 2])


def test_supersampled_pixels_average_to_the_plain_one():
    """The s x s fine pixels of pixel (x, y) have their mean at that pixel."""
    scale = 4
    fine = torch.arange(6 * scale, dtype=torch.float32).view(6, scale).mean(dim=1)
    plain = torch.arange(6, dtype=torch.float32)
    torch.testing.assert_close(fine, scale * plain + (scale - 1) / 2)


def test_look_at_is_a_level_right_handed_frame():
    eye, target = np.array([2.0, -5.0, 1.6]), np.array([0.0, 0.0, 1.0])
    rotation = look_at(eye, target)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(rotation) == pytest.approx(1, abs=1e-5)
    assert rotation[0, 2] == pytest.approx(0, abs=1e-6)
    assert rotation[1, 2] < 0
    ahead = rotation @ (target - eye)
    np.testing.assert_allclose(ahead, [0, 0, np.linalg.norm(target - eye)], atol=1e-5)


@pytest.mark.parametrize("height", [5.0, -5.0])
def test_look_at_straight_down_and_up_is_still_a_rotation(height):
    rotation = look_at(np.array([0, 0, height]), np.zeros(3))
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(rotation) == pytest.approx(1, abs=1e-5)
    with pytest.raises(ValueError):
        look_at(np.ones(3), np.ones(3))


def test_roll_turns_the_picture_clockwise():
    eye, target = np.array([0.0, -5.0, 1.0]), np.array([0.0, 0.0, 1.0])
    above = np.array([0.0, 0.0, 2.0]) - eye
    right, down, _ = look_at(eye, target, roll=30.0) @ above
    assert right == pytest.approx(np.sin(np.radians(30)), abs=1e-5)
    assert down == pytest.approx(-np.cos(np.radians(30)), abs=1e-5)


def test_points_behind_the_camera_stay_finite_and_keep_their_depth():
    camera = Camera(
        look_at(np.zeros(3), np.array([0.0, 1.0, 0.0])),
        np.zeros(3),
        100.0,
        np.array([9.5, 9.5]),
    )
    points = torch.tensor([[[0.0, -2.0, 0.0], [1.0, 0.0, 1.0], [0.0, 4.0, 0.0]]])
    found = project(points, *camera_tensors([camera]))
    assert torch.isfinite(found).all()
    torch.testing.assert_close(found[0, :, 2], torch.tensor([-2.0, 0.0, 4.0]))
    torch.testing.assert_close(found[0, 2, :2], torch.tensor([9.5, 9.5]))


@needs_gpu
def test_gpu_and_cpu_agree():
    triangles, image = random_triangles(np.random.default_rng(0), 300, 60, 44, 4)
    cpu = rasterise(triangles, image, 4, 60, 44)
    gpu = rasterise(triangles.cuda(), image.cuda(), 4, 60, 44).cpu()
    assert (cpu == gpu).float().mean() > 0.999
    image_of, y, x = (cpu >= 0).nonzero().unbind(1)
    under = triangles[cpu[image_of, y, x]]
    expected = barycentric(under, x, y)
    found = barycentric(under.cuda(), x.cuda(), y.cuda())
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one.cpu(), other, atol=1e-3, rtol=1e-3)
