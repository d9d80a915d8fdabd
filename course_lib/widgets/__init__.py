"""Explorers: one canvas front end, two hosts, and the explorers of the chapters.

A `Widget` is panels, controls and layers of primitives joined by a pure function
`frame(values)`. `docs/widgets.md` shows how to write one.
"""

from .aligner import flip_aligner
from .axes import Axes
from .bad_box import bad_box_explorer
from .bad_box_data import moved_boxes
from .basins import basin_explorer
from .beliefs import belief_explorer
from .branches import two_branch_viewer
from .cascade import cascade_stepper
from .controls import Control, player, select, slider, slider_between, toggle
from .crowd import crowd_index_calculator
from .cut import cut_explorer
from .decoder import decoder_microscope
from .dropout_viewer import dropout_viewer
from .gps import gps_tuner
from .iteration import iteration_explorer
from .iuv import iuv_explorer
from .paf import paf_explorer
from .paf_data import AssemblyStep
from .pdj import pdj_cursor
from .pictures import HeatMap, Image, heat_map
from .pooling import pooling_explorer
from .pose_nms import pose_nms_playground
from .primitives import (
    Arrows,
    Caption,
    Circle,
    Handle,
    Lines,
    Points,
    Polyline,
    Primitive,
    Rect,
    Scale,
    Text,
)
from .refinement import refinement_stepper
from .stacks import stack_explorer
from .theatre import tracking_theatre
from .theatre_data import TrackedFrame, TrackedRun
from .votes import vote_catcher
from .widget import Event, Frame, Key, Layer, Panel, Readout, Widget

__all__ = [
    "Arrows",
    "AssemblyStep",
    "Axes",
    "Caption",
    "Circle",
    "Control",
    "Event",
    "Frame",
    "Handle",
    "HeatMap",
    "Image",
    "Key",
    "Layer",
    "Lines",
    "Panel",
    "Points",
    "Polyline",
    "Primitive",
    "Readout",
    "Rect",
    "Scale",
    "Text",
    "TrackedFrame",
    "TrackedRun",
    "Widget",
    "bad_box_explorer",
    "basin_explorer",
    "belief_explorer",
    "cascade_stepper",
    "crowd_index_calculator",
    "cut_explorer",
    "decoder_microscope",
    "dropout_viewer",
    "flip_aligner",
    "gps_tuner",
    "heat_map",
    "iteration_explorer",
    "iuv_explorer",
    "moved_boxes",
    "paf_explorer",
    "pdj_cursor",
    "player",
    "pooling_explorer",
    "pose_nms_playground",
    "refinement_stepper",
    "select",
    "slider",
    "slider_between",
    "stack_explorer",
    "toggle",
    "tracking_theatre",
    "two_branch_viewer",
    "vote_catcher",
]
