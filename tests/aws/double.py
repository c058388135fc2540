"""The double of AWS that tests share: the box that the product brings, by the name they know it."""

from __future__ import annotations

from headwater.emulator.box import REGION, Box, running

Double = Box
double = running

__all__ = ["REGION", "Double", "double"]
