"""The box of the tests of a process, and an account of it for each test."""

from headwater.emulator.testing import _shared_box, aws_in_the_box

__all__ = ["_shared_box", "aws_in_the_box"]
