"""From scenes to pictures with exact labels, a batch of images at a time.

Pose and dress all bodies, place the cameras, project, rasterise at `supersample` times
the resolution, colour the covered samples, average them to pixels. The label of a
pixel is what covers its centre.
"""

from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from data_scripts.people import observe
from data_scripts.people.appearance import Surface
from data_scripts.people.batch import Cameras, Crowd, Grid, Samples, yaw_rotation
from data_scripts.people.body import Body, vertex_normals
from data_scripts.people.camera import Camera
from data_scripts.people.objects import occluder_triangles, place_camera
from data_scripts.people.raster import barycentric, rasterise
from data_scripts.people.shade import finish, shade
from data_scripts.people.structures import PersonLabel, Rendered, Scene

OBJECT = 255  # value of occluders in an instance image
SHADOW_SCALE = 0.5  # shadows are drawn at half resolution and blurred
LOWEST_SUN = 0.35  # shadows are never longer than under a light this high


class Renderer:
    """Renders scenes with one baked body, "low" or "full", on one device."""

    def __init__(self, body: str = "low", device: str | torch.device = "cpu"):
        self.body = Body(body, device)
        self.surface = Surface(self.body)
        self.device = torch.device(device)

    @torch.no_grad()
    def render(
        self, scenes: list[Scene], supersample: int = 2, surface: bool = True
    ) -> list[Rendered]:
        """Scenes of one size as pictures with labels, in the same order.

        surface: False leaves the IUV images empty, which saves time.
        """
        grid = make_grid(scenes, supersample)
        crowd = self.assemble(scenes)
        cameras = self.place_cameras(scenes, crowd)
        triangles, image, objects = self.gather_triangles(
            scenes, crowd, cameras, supersample
        )
        samples = cover(triangles, image, grid)
        centres = samples
        if supersample > 1:
            centres = cover(
                to_pixels(triangles, supersample), image, replace(grid, supersample=1)
            )
        is_body = samples.triangle < len(triangles) - len(objects[0])
        colours = self.colour_samples(scenes, crowd, samples, is_body, objects)
        behind = self.paint_backdrop(scenes, crowd, cameras)
        pictures = finish(
            grid.average(samples, colours, behind),
            [(scene.grain_seed, scene.frame) for scene in scenes],
        )
        maps = self.draw_maps(crowd, samples, centres, grid, surface)
        people = observe.label_people(self.body, crowd, cameras, maps)
        return [
            Rendered(
                image=pictures[i],
                instances=maps.instances[i].cpu().numpy(),
                iuv=maps.iuv[i].cpu().numpy(),
                people=track(people[i], scene),
                camera=cameras.numbers(i),
            )
            for i, scene in enumerate(scenes)
        ]

    def tensor(self, values: object) -> Tensor:
        """Float tensor on the renderer's device."""
        return torch.as_tensor(np.asarray(values, dtype=np.float32), device=self.device)

    def join(self, parts: list[np.ndarray]) -> Tensor:
        """Arrays, joined along their first axis."""
        return self.tensor(np.concatenate([np.asarray(part) for part in parts]))

    def join_all(self, parts: list[dict[str, np.ndarray]]) -> dict[str, Tensor]:
        """Dicts of arrays, each joined along the first axis."""
        return {name: self.join([part[name] for part in parts]) for name in parts[0]}

    def assemble(self, scenes: list[Scene]) -> Crowd:
        """Poses, dresses and places everybody; whatever is lowest at z = 0."""
        everyone = [scene.people for scene in scenes]
        looks = self.join_all([people.appearance for people in everyone])
        vertices, joints = self.body.pose(
            self.join([people.angles for people in everyone]),
            self.join_all([people.shape for people in everyone]),
        )
        normals = vertex_normals(vertices, self.body.faces)
        vertices = vertices + normals * self.surface.offsets(looks)[..., None]
        turn = yaw_rotation(self.join([people.yaw for people in everyone]))
        vertices, joints = vertices @ turn.mT, joints @ turn.mT
        ground = self.join([people.position for people in everyone])
        lowest = vertices[..., 2].amin(dim=1, keepdim=True)
        shift = torch.cat([ground, -lowest], dim=1)[:, None]
        vertices = vertices + shift
        numbers = [
            (i, k + 1) for i, people in enumerate(everyone) for k in range(len(people))
        ]
        image, instance = (
            torch.tensor(numbers, dtype=torch.long, device=self.device)
            .view(-1, 2)
            .unbind(1)
        )
        return Crowd(
            vertices=vertices,
            normals=vertex_normals(vertices, self.body.faces),
            joints=joints + shift,
            looks=looks,
            image=image,
            instance=instance,
        )

    def place_cameras(self, scenes: list[Scene], crowd: Crowd) -> Cameras:
        """The camera of every image; framings are resolved to the framed person."""
        placed = []
        for i, scene in enumerate(scenes):
            camera = scene.camera
            if not isinstance(camera, Camera):
                height, width = scene.background.shape[:2]
                own = crowd.vertices[crowd.image == i][0].cpu().numpy()
                camera = place_camera(camera, own, height, width)
            placed.append(camera)
        return Cameras(
            placed,
            self.tensor([camera.rotation for camera in placed]),
            self.tensor([camera.eye for camera in placed]),
            self.tensor([camera.focal for camera in placed]),
            self.tensor([camera.centre for camera in placed]),
        )

    def gather_triangles(
        self, scenes: list[Scene], crowd: Crowd, cameras: Cameras, supersample: int
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        """Screen triangles (T, 3, 3), bodies first, their images (T,), and colours and
        normals (O, 3) of the O object triangles at the end."""
        screen = cameras.project(crowd.vertices, crowd.image, supersample)
        triangles = screen[:, self.body.faces].flatten(0, 1)
        image = crowd.image.repeat_interleave(len(self.body.faces))
        corners, owner, colour, normal = occluder_triangles(scenes, cameras.placed)
        if len(corners):
            owner = torch.as_tensor(owner, device=self.device)
            objects = cameras.project(self.tensor(corners), owner, supersample)
            triangles = torch.cat([triangles, objects])
            image = torch.cat([image, owner])
        return triangles, image, (self.tensor(colour), self.tensor(normal))

    def colour_samples(
        self,
        scenes: list[Scene],
        crowd: Crowd,
        samples: Samples,
        is_body: Tensor,
        objects: tuple[Tensor, Tensor],
    ) -> Tensor:
        """Shaded colours (n, 3) of the samples; is_body: (n,) which show a body.

        objects: colours and normals (O, 3) of the object triangles.
        """
        colour = torch.empty_like(samples.weight)
        normal, gloss = torch.empty_like(colour), torch.zeros_like(samples.depth)
        colour[is_body], normal[is_body], gloss[is_body] = self.look_up(
            crowd, samples.triangle[is_body], samples.weight[is_body]
        )
        bodies = len(crowd.vertices) * len(self.body.faces)
        other = samples.triangle[~is_body] - bodies
        colour[~is_body], normal[~is_body] = objects[0][other], objects[1][other]
        lights = [scene.light for scene in scenes]
        direction = self.tensor([light.direction for light in lights])[samples.image]
        ambient = self.tensor([light.ambient for light in lights])[samples.image]
        tint = self.tensor([light.colour for light in lights])[samples.image]
        return shade(colour, normal, direction, ambient, tint, gloss)

    def look_up(
        self, crowd: Crowd, triangle: Tensor, weight: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Colours (n, 3), normals (n, 3) and gloss (n,) inside body triangles (n,)."""
        body, count = self.body, len(self.body.faces)
        person, face = triangle // count, triangle % count
        corners = take(body.faces, face)  # (n, 3)
        points = blend(take(body.rest, corners), weight)  # (n, 3), of the body at rest
        limb_t = (take(body.limb_t, corners) * weight).sum(dim=1)
        looks = {name: take(value, person) for name, value in crowd.looks.items()}
        colour, bump, gloss = self.surface.colour(
            points, limb_t, take(body.face_region, face), looks
        )
        vertex = corners + len(body.rest) * person[:, None]
        normal = blend(take(crowd.normals.flatten(0, 1), vertex), weight)
        normal = F.normalize(F.normalize(normal, dim=-1) + bump, dim=-1)
        return colour, normal, gloss

    def paint_backdrop(
        self, scenes: list[Scene], crowd: Crowd, cameras: Cameras
    ) -> Tensor:
        """Backgrounds (N, H, W, 3) with the shadows that bodies cast on the ground."""
        pictures = self.tensor(np.stack([scene.background for scene in scenes]))
        height, width = pictures.shape[1:3]
        sun = self.tensor([scene.light.direction for scene in scenes])[crowd.image]
        sun = torch.cat([sun[:, :2], sun[:, 2:].clamp(min=LOWEST_SUN)], dim=1)
        slope = (sun / sun[:, 2:])[:, None]  # (B, 1, 3)
        flat = crowd.vertices - crowd.vertices[..., 2:] * slope
        screen = cameras.project(flat, crowd.image, SHADOW_SCALE)
        triangles = screen[:, self.body.faces].flatten(0, 1)
        owner = crowd.image.repeat_interleave(len(self.body.faces))
        size = (len(scenes), (height + 1) // 2, (width + 1) // 2)
        ids = rasterise(triangles, owner, *size, cull=False)
        mask = F.avg_pool2d((ids >= 0).float()[:, None], 3, 1, 1)
        mask = F.interpolate(mask, size=(height, width), mode="bilinear")[:, 0]
        strength = self.tensor([scene.shadow for scene in scenes])
        return pictures * (1 - mask * strength[:, None, None])[..., None]

    def draw_maps(
        self,
        crowd: Crowd,
        samples: Samples,
        centres: Samples,
        grid: Grid,
        surface: bool,
    ) -> observe.Maps:
        """What covers the samples and the pixels' centres; IUV is 0 unless wanted."""
        pixels, names = replace(grid, supersample=1), self.name_samples(crowd, centres)
        iuv = names.new_zeros(len(names), 3)
        if surface:
            is_body = names < OBJECT
            face = centres.triangle[is_body] % len(self.body.faces)
            uv = 255 * blend(take(self.body.uv, face), centres.weight[is_body])
            part = self.body.parts[face][:, None]
            iuv[is_body] = torch.cat([part, uv.round().to(torch.uint8)], dim=1)
        return observe.Maps(
            instances=pixels.spread(centres, names, 0),
            iuv=pixels.spread(centres, iuv, 0),
            names=grid.spread(samples, self.name_samples(crowd, samples), 0),
            depth=grid.spread(samples, samples.depth, torch.inf),
        )

    def name_samples(self, crowd: Crowd, samples: Samples) -> Tensor:
        """Instances (n,) uint8 of covered samples."""
        person = samples.triangle // len(self.body.faces)
        is_body = person < len(crowd.instance)
        names = torch.full_like(person, OBJECT, dtype=torch.uint8)
        names[is_body] = crowd.instance[person[is_body]].to(torch.uint8)
        return names


def make_grid(scenes: list[Scene], supersample: int) -> Grid:
    """The samples of the scenes' images; ValueError unless all are of one size."""
    sizes = {scene.background.shape[:2] for scene in scenes}
    if len(sizes) != 1:
        raise ValueError(f"a batch needs images of one size, got {sorted(sizes)}")
    if supersample < 1:
        raise ValueError(f"supersample is 1 or more, not {supersample}")
    return Grid(len(scenes), *sizes.pop(), supersample)


def cover(triangles: Tensor, image: Tensor, grid: Grid) -> Samples:
    """Which triangle covers which sample of a grid."""
    ids = rasterise(triangles, image, grid.images, grid.rows, grid.columns)
    where = (ids >= 0).nonzero()
    triangle = ids[where[:, 0], where[:, 1], where[:, 2]]
    corners = take(triangles, triangle)
    weight, depth = barycentric(corners, where[:, 2], where[:, 1])
    return Samples(*where.T, triangle, weight, depth)


def to_pixels(triangles: Tensor, supersample: int) -> Tensor:
    """Screen triangles (T, 3, 3) in samples as triangles in pixels."""
    shift = (supersample - 1) / 2
    plane = (triangles[..., :2] - shift) / supersample
    return torch.cat([plane, triangles[..., 2:]], dim=-1)


def blend(corners: Tensor, weight: Tensor) -> Tensor:
    """Values (n, C) inside triangles from those at the corners (n, 3, C)."""
    first, second, third = (corners * weight[..., None]).unbind(dim=1)
    return first + second + third


def take(table: Tensor, index: Tensor) -> Tensor:
    """`table[index]` for a long index of any shape, but several times as fast."""
    return table.index_select(0, index.flatten()).unflatten(0, index.shape)


def track(people: list[PersonLabel], scene: Scene) -> list[PersonLabel]:
    """Labels with the track ids of the scene, if it has any."""
    if scene.people.track_ids is None:
        return people
    return observe.with_track_ids(people, scene.people.track_ids)
