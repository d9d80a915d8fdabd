"""Helpers shared by the chapters of *Human Pose Estimation from Scratch*.

Importing this package loads nothing heavy; import the module that is needed:
``skeletons``, ``geometry``, ``data``, ``metrics``, ``training``, ``draw`` ...
"""

__version__ = "0.1.0"
