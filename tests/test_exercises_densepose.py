"""Chapter 11: right answers of another kind, and answers of the wrong form."""

import heapq
import math

import numpy as np
import pytest
import torch
from second_answers import expect_passes, expect_writing_is_told

from course_lib.exercises import checking, expect_close, first_failure
from course_lib.exercises.cases import expect_array
from course_lib.exercises.ch11_flip_cases import SWAPS, consistent, image_of
from course_lib.exercises.ch11_path_cases import mesh, sheet
from course_lib.notebooks import ROOT, load_solutions

PATH = ROOT / "notebooks" / "11_densepose.ipynb"
SOLVED = {solution.id: solution for solution in load_solutions(PATH).SOLUTIONS}
decode_iuv, gps, rcp_auc, densepose_loss, flip_iuv, geodesic = (
    solution.reference for solution in SOLVED.values()
)


def decode_by_numpy(coarse_logits, part_logits, u_maps, v_maps):
    """Parts that the coarse logits do not allow have no channel to win with."""
    maps = np.stack([u_maps.numpy(), v_maps.numpy()])  # (2, B, C, h, w)
    is_off = (coarse_logits[:, :1] >= coarse_logits[:, 1:].amax(1, True)).numpy()
    logits = np.where(is_off, -np.inf, part_logits.numpy())
    logits[:, :1] = np.where(is_off, 0, logits[:, :1])
    parts = logits.argmax(axis=1)
    uv = np.take_along_axis(maps, parts[None, :, None], axis=2)[:, :, 0]
    uv = np.where(parts > 0, np.minimum(np.maximum(uv, 0), 1), 0)
    return torch.from_numpy(np.stack([parts, *uv], axis=1))


def gps_by_points(distances, kappa=0.255):
    kappas = torch.as_tensor(kappa).expand(distances.shape).tolist()
    found = torch.zeros(len(distances), dtype=torch.float64)
    for j, (row, own) in enumerate(zip(distances.tolist(), kappas, strict=True)):
        points = [(g / k) ** 2 for g, k in zip(row, own, strict=True) if g == g]
        found[j] = sum(0.5 ** (z / 2 / math.log(2)) for z in points) / len(points)
    return found


def auc_by_steps(distances, a):
    """The area under f, between each distance and the next."""
    area, before, count = 0.0, 0.0, 0
    for distance in [*sorted(distances.tolist()), a]:
        area += count * max(min(distance, a) - before, 0)
        before, count = min(distance, a), count + 1
    return area / a / max(len(distances), 1)


def loss_by_hand(
    part_logits, u_maps, v_maps, points, labels, uv, part_weight=0.3, uv_weight=0.1
):
    """Every slot is sampled by hand, at (0, 0) if it does not count."""
    height, width = part_logits.shape[-2:]
    x, y = points.unbind(dim=-1)  # (B, P)
    counts = (labels > 0) & (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    x, y = (place.where(counts, 0) for place in (x, y))
    column, row = x.long().clamp(max=width - 2), y.long().clamp(max=height - 2)
    right, down = (x - column)[..., None], (y - row)[..., None]
    crops = torch.arange(len(labels))[:, None]

    def sample(maps):
        cells = maps.movedim(1, -1)  # (B, h, w, C)
        upper = cells[crops, row].take_along_dim(column[..., None, None], 2)[:, :, 0]
        after = cells[crops, row, column + 1]
        lower = cells[crops, row + 1, column]
        last = cells[crops, row + 1, column + 1]
        first = upper + right * (after - upper)
        return first + down * (lower + right * (last - lower) - first)  # (B, P, C)

    own = labels[..., None]
    logits = sample(part_logits)
    entropy = logits.logsumexp(dim=-1) - logits.gather(-1, own)[..., 0]
    found = torch.cat([sample(maps).gather(-1, own) for maps in (u_maps, v_maps)], -1)
    size = (found - uv).abs()
    errors = torch.where(size < 1, size**2 / 2, size - 0.5).sum(dim=-1)
    mean = (entropy * counts).sum() / counts.sum().clamp(min=1)
    return part_weight * mean + uv_weight * (errors * counts).sum()


def flip_by_parts(iuv, swap, u_table, v_table):
    """One part after another, into a new image."""
    found = torch.zeros_like(iuv)
    levels = u_table.shape[1]
    for part in range(1, len(swap)):
        is_there = iuv[0] == part
        index = iuv[1, is_there] * levels + iuv[2, is_there]
        found[0, is_there] = swap[part]
        for n, table in ((1, u_table), (2, v_table)):
            found[n, is_there] = table[part].flatten()[index]
    return found[..., torch.arange(iuv.shape[2] - 1, -1, -1)]


def geodesic_by_heap(edges, lengths, count):
    ways = [[] for _ in range(count)]
    for (a, b), length in zip(edges.tolist(), lengths.tolist(), strict=True):
        ways[a].append((b, length))
        ways[b].append((a, length))
    table = np.full((count, count), np.inf)
    for start in range(count):
        heap = [(0.0, start)]
        while heap:
            distance, vertex = heapq.heappop(heap)
            if distance < table[start, vertex]:
                table[start, vertex] = distance
                for other, length in ways[vertex]:
                    heapq.heappush(heap, (distance + length, other))
    return table


RIGHT = {
    "11.1": decode_by_numpy,
    "11.2": gps_by_points,
    "11.3": auc_by_steps,
    "11.4": loss_by_hand,
    "11.5": flip_by_parts,
    "11.6": geodesic_by_heap,
}


@pytest.mark.parametrize("number", RIGHT)
def test_another_right_answer_passes(number):
    expect_passes(SOLVED[number], RIGHT[number])


def logits_of_noise(generator):
    coarse = torch.randn(2, 4, 5, 6, generator=generator)
    return coarse, *torch.randn(3, 2, 7, 5, 6, generator=generator)


def rows_of_noise(generator):
    distances = torch.rand(5, 8, generator=generator)
    distances[torch.rand(5, 8, generator=generator) < 0.2] = math.inf
    distances[:, 1:][torch.rand(5, 7, generator=generator) < 0.3] = math.nan
    return distances, 0.1 + torch.rand(5, 8, generator=generator)


def distances_of_noise(generator):
    return rows_of_noise(generator)[0][:, 0], 0.6


def points_of_noise(generator):
    maps = torch.randn(3, 2, 6, 5, 8, generator=generator)
    points = torch.rand(2, 9, 2, generator=generator) * torch.tensor([8.0, 5.0]) - 0.5
    labels = torch.randint(6, (2, 9), generator=generator)
    return *maps, points, labels, torch.rand(2, 9, 2, generator=generator), 0.7, 0.2


def image_of_noise(generator):
    seed = int(torch.randint(1000, (), generator=generator))
    swap = SWAPS[seed % len(SWAPS)]
    image = image_of((5, 8), len(swap), 6, seed)
    return image, torch.tensor(swap), *consistent(swap, 6, seed)


def mesh_of_noise(generator):
    edges = torch.randint(9, (14, 2), generator=generator).numpy()
    edges = edges[edges[:, 0] != edges[:, 1]]
    lengths = torch.randint(9, (len(edges),), generator=generator).numpy() / 4
    return edges, lengths, 10


NOISE = {
    "11.1": logits_of_noise,
    "11.2": rows_of_noise,
    "11.3": distances_of_noise,
    "11.4": points_of_noise,
    "11.5": image_of_noise,
    "11.6": mesh_of_noise,
}


def noises(number, count=10):
    """Arguments of an exercise, drawn from so many seeds."""
    return [NOISE[number](torch.Generator().manual_seed(n)) for n in range(count)]


@pytest.mark.parametrize("number", NOISE)
def test_both_right_answers_agree_on_noise(number):
    for given in noises(number, 20):
        want, found = SOLVED[number].reference(*given), RIGHT[number](*given)
        compare = expect_array if isinstance(want, np.ndarray) else expect_close
        compare(found, want, number)


def test_noise_has_something_of_everything():
    """So that the comparison above is of something."""
    parts = torch.stack([decode_iuv(*given)[:, 0] for given in noises("11.1")])
    assert 0.1 < (parts == 0).float().mean() < 0.7
    rows = torch.stack([given[0] for given in noises("11.2")])
    assert rows.isnan().sum() > 50
    assert rows.isinf().sum() > 20
    areas = [rcp_auc(*given) for given in noises("11.3")]
    assert 0 < min(areas) < max(areas) < 1
    labels = torch.stack([given[4] for given in noises("11.4")])
    assert (labels == 0).sum() > 10
    places = torch.stack([given[3] for given in noises("11.4")])
    assert ((places < 0) | (places > torch.tensor([7.0, 4.0]))).any(-1).sum() > 10
    tables = np.stack([geodesic(*given) for given in noises("11.6")])
    assert np.isinf(tables).any()
    assert (tables == 0).sum() > 100 + 10


def test_decoding_goes_with_its_crop():
    """Mirrored crops, other numbers of parts, and higher logits all over."""
    for coarse, logits, u, v in noises("11.1"):
        want = decode_iuv(coarse, logits, u, v)
        found = decode_iuv(coarse.flip(-1), logits.flip(-1), u.flip(-1), v.flip(-1))
        assert torch.equal(found.flip(-1), want)
        order = torch.tensor([0, 4, 6, 1, 3, 2, 5])
        found = decode_iuv(coarse, logits[:, order], u[:, order], v[:, order])
        assert torch.equal(order[found[:, 0].long()], want[:, 0].long())
        assert torch.equal(found[:, 1:], want[:, 1:])
        found = decode_iuv(coarse + 7, logits - 3, u, v)
        assert torch.equal(found, want)
        assert (want[:, 1:] >= 0).all()
        assert (want[:, 1:] <= 1).all()


def test_gps_has_no_unit_and_falls_with_distance():
    for distances, kappa in noises("11.2"):
        want = gps(distances, kappa)
        expect_close(gps(3 * distances, 3 * kappa), want, "another unit")
        assert (gps(distances + 0.1, kappa) <= want).all()
        assert (want >= 0).all()
        assert (want <= 1).all()
    assert gps(torch.tensor([[0.3]])).item() == pytest.approx(0.5, abs=1e-3)


def test_the_area_is_the_integral_and_the_mean_of_one_step_per_point():
    thresholds = (np.arange(200_000) + 0.5) / 200_000
    for distances, a in noises("11.3"):
        found = rcp_auc(distances, a)
        ratios = np.searchsorted(np.sort(distances / a), thresholds, side="right")
        assert found == pytest.approx(ratios.mean() / len(distances), abs=1e-5)
        steps = [rcp_auc(distances[n : n + 1], a) for n in range(len(distances))]
        assert found == pytest.approx(sum(steps) / len(steps), abs=1e-6)
        assert found == pytest.approx(rcp_auc(2 * distances, 2 * a), abs=1e-6)
        assert found <= rcp_auc(distances, 1.5 * a)


def test_even_distances_have_half_of_the_area():
    distances = (torch.arange(1000) + 0.5) / 1000 * 0.3
    assert rcp_auc(distances, 0.3) == pytest.approx(0.5, abs=1e-5)
    assert rcp_auc(distances, 0.1) == pytest.approx(0.5 / 3, abs=1e-3)


def test_the_gradient_is_around_the_points_and_in_the_annotated_channels():
    for *maps, points, labels, uv, _, _ in noises("11.4"):
        maps = [part.requires_grad_() for part in maps]
        densepose_loss(*maps, points, labels, uv).backward()
        rows, columns = (torch.arange(n) for n in maps[0].shape[-2:])
        x, y = points[..., 0, None], points[..., 1, None]
        is_on = ((points >= 0) & (points <= torch.tensor([7.0, 4.0]))).all(dim=-1)
        across, down = (columns - x).abs() < 1, (rows - y).abs() < 1
        near = (
            down[..., None]
            & across[:, :, None]
            & (is_on & (labels > 0))[..., None, None]
        )
        own = torch.nn.functional.one_hot(labels, 6).bool()  # (B, P, C)
        wanted = (near[:, :, None] & own[..., None, None]).any(dim=1)  # (B, C, h, w)
        anywhere = near.any(dim=1)[:, None].expand_as(wanted)
        for part, want in zip(maps, (anywhere, wanted, wanted), strict=True):
            assert torch.equal(part.grad != 0, want)


def test_a_mirrored_crop_has_the_same_loss_and_so_have_slots_in_another_order():
    for *maps, points, labels, uv, a, b in noises("11.4"):
        want = densepose_loss(*maps, points, labels, uv, a, b)
        there = torch.stack([7 - points[..., 0], points[..., 1]], dim=-1)
        flipped = [part.flip(-1) for part in maps]
        found = densepose_loss(*flipped, there, labels, uv, a, b)
        expect_close(found, want, "a mirrored crop")
        order = torch.tensor([8, 2, 0, 5, 3, 1, 7, 6, 4])
        given = (given[:, order] for given in (points, labels, uv))
        expect_close(densepose_loss(*maps, *given, a, b), want, "another order")


def test_maps_that_are_right_cost_nothing():
    *_, points, labels, _, _, _ = noises("11.4")[0]
    logits = torch.full((2, 6, 5, 8), -20.0)
    logits[:, 3] = 20.0
    u, v = torch.full((2, 6, 5, 8), 0.25), torch.full((2, 6, 5, 8), 0.75)
    uv = torch.tensor([0.25, 0.75]).expand(2, 9, 2)
    assert densepose_loss(logits, u, v, points, 0 * labels + 3, uv) == 0


def test_an_image_that_is_mirrored_twice_is_back():
    for image, *rest in noises("11.5", 20):
        once = flip_iuv(image, *rest)
        assert torch.equal(flip_iuv(once, *rest), image)
        assert (once != image).any()
        assert torch.equal((once[0] > 0).flip(-1), image[0] > 0)
        assert not once[1:, once[0] == 0].any()


def test_the_tables_of_the_other_parts_are_wrong_and_yet_lead_back():
    """Why mirroring twice is not enough of a test."""

    def mistaken(image, swap, *tables):
        return flip_iuv(image, swap, *(table[swap] for table in tables))

    for image, *rest in noises("11.5"):
        if image[0].max() > 1 and any(rest[0] != torch.arange(len(rest[0]))):
            assert torch.equal(mistaken(mistaken(image, *rest), *rest), image)
            assert not torch.equal(mistaken(image, *rest), flip_iuv(image, *rest))


def test_distances_are_those_of_a_metric():
    for edges, lengths, count in noises("11.6", 20):
        table = geodesic(edges, lengths, count)
        assert (table == table.T).all()
        assert (table.diagonal() == 0).all()
        assert (table <= (table[:, :, None] + table).min(axis=1)).all()
        assert (table[edges[:, 0], edges[:, 1]] <= lengths).all()


def test_distances_go_with_their_vertices_and_have_the_unit_of_the_edges():
    for edges, lengths, count in noises("11.6"):
        table = geodesic(edges, lengths, count)
        order = np.random.default_rng(0).permutation(count)
        found = geodesic(order[edges[::-1, ::-1]], lengths[::-1], count)
        expect_array(found[np.ix_(order, order)], table, "other numbers")
        expect_array(geodesic(edges, 100 * lengths, count), 100 * table, "cm")


def test_a_flat_grid_with_diagonals_is_near_the_straight_distance():
    """At most 1 / cos(22.5 degrees) of it, half of the angle between two edges."""
    rows, columns = 9, 13
    table = geodesic(*mesh(sheet(rows, columns, 0.05)), rows * columns)
    place = np.stack(np.divmod(np.arange(rows * columns), columns), axis=1) * 0.05
    straight = np.linalg.norm(place[:, None] - place, axis=-1)
    assert (table >= straight - 1e-9).all()
    assert (table <= straight / math.cos(math.pi / 8) + 1e-9).all()
    assert (table > 1.05 * straight).any()


def test_the_way_around_a_limb_is_longer_than_the_way_through_it():
    """A cylinder of 12 vertices around and 9 along, with the edges of its unrolling."""
    around, along, radius = 12, 9, 0.06
    step = 2 * math.pi * radius / around
    edges = sheet(along, around, step)
    for row in range(along):  # the last column meets the first
        for down in (-1, 0, 1):
            if 0 <= row + down < along:
                ends = row * around + around - 1, (row + down) * around
                edges.append((*ends, step * math.hypot(down, 1)))
    table = geodesic(*mesh(edges), around * along)
    row, column = np.divmod(np.arange(around * along), around)
    angle = 2 * math.pi * column / around
    places = np.stack([radius * np.cos(angle), radius * np.sin(angle), row * step], 1)
    through = np.linalg.norm(places[:, None] - places, axis=-1)
    assert (table >= through - 1e-9).all()
    opposite = table[:6, 6:12].diagonal()
    expect_array(opposite, np.full(6, math.pi * radius), "half of the way around")
    turn = np.abs(column[:, None] - column)
    turn = np.minimum(turn, around - turn)
    unrolled = step * np.hypot(turn, row[:, None] - row)
    assert (table >= unrolled - 1e-9).all()
    assert (table <= 1.083 * unrolled + 1e-9).all()


ARRAY = "an array of shape (2, 2), got "


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("11.1", lambda *_: None, "a tensor of shape (1, 3, 4, 5), got None"),
        ("11.1", lambda *a: decode_iuv(*a)[0], "shape (1, 3, 4, 5), got (3, 4, 5)"),
        ("11.1", lambda *a: decode_iuv(*a).numpy(), "got a value of type ndarray"),
        ("11.2", lambda *_: None, "expected a tensor of shape (1,), got None"),
        ("11.2", lambda *a: gps(*a)[0], "expected shape (1,), got ()"),
        ("11.2", lambda *a: gps(*a).tolist(), "got a value of type list"),
        ("11.3", lambda *_: None, "a = 0.1: expected one number, got None"),
        ("11.3", lambda d, a: d, "expected shape (), got (1,)"),
        ("11.4", lambda *_: None, "expected one number, got None"),
        ("11.4", lambda *a: a[5], "expected shape (), got (1, 1, 2)"),
        ("11.4", lambda *a: densepose_loss(*a).item(), "got a value of type float"),
        ("11.5", lambda *_: None, "a tensor of shape (3, 3, 4), got None"),
        ("11.5", lambda *a: flip_iuv(*a)[0], "shape (3, 3, 4), got (3, 4)"),
        ("11.5", lambda *a: tuple(flip_iuv(*a)), "got a value of type tuple"),
        ("11.6", lambda *_: None, f"{ARRAY}None"),
        ("11.6", lambda *a: geodesic(*a).tolist(), f"{ARRAY}a value of type list"),
        ("11.6", lambda *a: a[0], "expected shape (2, 2), got (1, 2)"),
    ],
)
def test_the_wrong_form_is_told(number, answer, words):
    failure = first_failure(checking.find_exercise(number).cases, answer)
    assert failure.case is checking.FORM
    assert words in failure.why


@pytest.mark.parametrize("form", [float, np.float64, np.float32, torch.tensor])
def test_an_area_may_have_any_form(form):
    def answer(*given):
        return form(rcp_auc(*given))

    assert first_failure(checking.find_exercise("11.3").cases, answer) is None


def test_images_may_have_any_type_and_distances_may_be_a_tensor():
    for number, change in (
        ("11.1", torch.Tensor.double),
        ("11.5", torch.Tensor.float),
        ("11.5", torch.Tensor.short),
        ("11.6", torch.from_numpy),
    ):

        def answer(*given, number=number, change=change):
            return change(SOLVED[number].reference(*given))

        assert first_failure(checking.find_exercise(number).cases, answer) is None


@pytest.mark.parametrize("number", RIGHT)
def test_writing_into_any_input_is_told(number):
    expect_writing_is_told(SOLVED[number])


def test_writing_into_a_mesh_is_told():
    for place in (0, 1):

        def spoil(*given, place=place):
            result = geodesic(*given)
            given[place][...] += 1
            return result

        failure = first_failure(checking.find_exercise("11.6").cases, spoil)
        assert failure.case is checking.UNCHANGED
