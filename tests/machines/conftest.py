"""The box that validates what would be laid down."""

from headwater.emulator.testing import _shared_box, aws_in_the_box

__all__ = ["_shared_box", "aws_in_the_box"]
