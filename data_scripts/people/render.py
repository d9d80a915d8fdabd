"""From scenes to pictures with exact labels, a batch of images at a time.

Pose and dress all bodies, place the cameras, project, rasterise at `supersample` times
the resolution, colour the covered samples, average them to pixels. The label of a
pixel is that of the most frequent of its samples.
"""

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
from data_scripts.people.structures import Rendered, Scene

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
        sizes = {scene.background.shape for scene in scenes}
        if len(sizes) != 1:
            raise ValueError(f"a batch needs images of one size, got {sorted(sizes)}")
        crowd = self.assemble(scenes)
        cameras = self.cameras(scenes, crowd)
        triangles, image, objects = self.triangles(scenes, crowd, cameras, supersample)
        height, width = scenes[0].background.shape[:2]
        grid = Grid(len(scenes), height, width, supersample)
        samples = cover(triangles, image, grid)
        colours, is_body = self.colours(scenes, crowd, samples, objects)
        behind = self.backdrop(scenes, crowd, cameras)
        pictures = finish(
            grid.average(samples, colours, behind),
            [(scene.grain_seed, scene.frame) for scene in scenes],
        )
        maps = self.label_maps(crowd, samples, is_body, grid, surface)
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
        return torch.as_tensor(
            np.asarray(values, dtype=np.float32), device=self.device
        )

    def assemble(self, scenes: list[Scene]) -> Crowd:
        """Poses, dresses and places everybody; feet (or whatever is lowest) at z = 0."""
        everyone = [scene.people for scene in scenes]
        counts = [len(people) for people in everyone]
        angles = self.tensor(np.concatenate([people.angles for people in everyone]))
        shape = self.gather([people.shape for people in everyone])
        looks = self.gather([people.appearance for people in everyone])
        vertices, joints = self.body.pose(angles, shape)
        offsets = self.surface.offsets(looks)
        normals = vertex_normals(vertices, self.body.faces)
        vertices = vertices + normals * offsets[..., None]
        turn = yaw_rotation(self.tensor(np.concatenate([p.yaw for p in everyone])))
        vertices, joints = vertices @ turn.mT, joints @ turn.mT
        ground = self.tensor(np.concatenate([p.position for p in everyone]))
        shift = torch.cat([ground, -vertices[..., 2].amin(dim=1, keepdim=True)], dim=1)
        vertices = vertices + shift[:, None]
        numbers = np.concatenate([np.arange(1, count + 1) for count in counts])
        return Crowd(
            vertices=vertices,
            normals=vertex_normals(vertices, self.body.faces),
            joints=joints + shift[:, None],
            looks=looks,
            image=torch.arange(len(scenes)).repeat_interleave(torch.tensor(counts)).to(
                self.device
            ),
            instance=torch.as_tensor(numbers, device=self.device),
        )

    def gather(self, parts: list[dict[str, np.ndarray]]) -> dict[str, Tensor]:
        """Dicts of arrays joined along their first axis."""
        return {
            name: self.tensor(np.concatenate([np.asarray(part[name]) for part in parts]))
            for name in parts[0]
        }

    def cameras(self, scenes: list[Scene], crowd: Crowd) -> Cameras:
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

    def triangles(
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

    def colours(
        self,
        scenes: list[Scene],
        crowd: Crowd,
        samples: Samples,
        objects: tuple[Tensor, Tensor],
    ) -> tuple[Tensor, Tensor]:
        """Shaded colours (n, 3) of the samples, and which of them show a body."""
        body, count = self.body, len(self.body.faces)
        light = [self.tensor([scene.light.direction for scene in scenes])]
        light.append(self.tensor([scene.light.ambient for scene in scenes]))
        light.append(self.tensor([scene.light.colour for scene in scenes]))
        is_body = samples.triangle < count * len(crowd.vertices)
        colours = samples.weight.new_zeros(len(samples.triangle), 3)
        own = samples.triangle[is_body]
        person, face = own // count, own % count
        corners, weight = body.faces[face], samples.weight[is_body]  # (n, 3)
        points = blend(body.rest[corners], weight)  # (n, 3), the body at rest
        limb_t = (body.limb_t[corners] * weight).sum(dim=1)
        looks = {name: value[person] for name, value in crowd.looks.items()}
        region = body.face_region[face]
        colour, bump, gloss = self.surface.colour(points, limb_t, region, looks)
        normal = F.normalize(blend(crowd.normals[person[:, None], corners], weight), dim=-1)
        normal = F.normalize(normal + bump, dim=-1)
        where = samples.image[is_body]
        colours[is_body] = shade(colour, normal, *(v[where] for v in light), gloss)
        rest = samples.triangle[~is_body] - count * len(crowd.vertices)
        where = samples.image[~is_body]
        gloss = torch.zeros_like(rest, dtype=colours.dtype)
        colours[~is_body] = shade(
            objects[0][rest], objects[1][rest], *(v[where] for v in light), gloss
        )
        return colours, is_body

    def backdrop(self, scenes: list[Scene], crowd: Crowd, cameras: Cameras) -> Tensor:
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

    def label_maps(
        self,
        crowd: Crowd,
        samples: Samples,
        is_body: Tensor,
        grid: Grid,
        surface: bool,
    ) -> observe.Maps:
        """Instance, depth and, if wanted, IUV maps at image resolution."""
        count = len(self.body.faces)
        person = (samples.triangle // count).clamp(max=len(crowd.vertices) - 1)
        face = samples.triangle % count * is_body
        instance = torch.where(is_body, crowd.instance[person], OBJECT)
        iuv = None
        if surface:
            uv = blend(self.body.uv[face], samples.weight)  # (n, 2)
            iuv = torch.cat([self.body.parts[face][:, None].float(), 255 * uv], dim=1)
            iuv = (iuv * is_body[:, None]).round().to(torch.uint8)
        return observe.reduce_samples(samples, instance, iuv, grid)


def cover(triangles: Tensor, image: Tensor, grid: Grid) -> Samples:
    """Which triangle covers which sample of a grid."""
    ids = rasterise(triangles, image, grid.images, grid.rows, grid.columns)
    where = (ids >= 0).nonzero()
    triangle = ids[where[:, 0], where[:, 1], where[:, 2]]
    weight, depth = barycentric(triangles[triangle], where[:, 2], where[:, 1])
    return Samples(*where.T, triangle, weight, depth)


def blend(corners: Tensor, weight: Tensor) -> Tensor:
    """Values (n, C) inside triangles from those at the corners (n, 3, C)."""
    return (corners * weight[..., None]).sum(dim=1)


def track(people: list, scene: Scene) -> list:
    """Labels with the track ids of the scene, if it has any."""
    if scene.people.track_ids is None:
        return people
    return observe.with_track_ids(people, scene.people.track_ids)
