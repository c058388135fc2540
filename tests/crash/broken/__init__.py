"""Deliberately broken variants of the flow: a kit that does not catch them proves nothing.

Each patches the flow of one process, and says what is to be stressed for it to show. Not here:
`key not URL-decoded`, since no event comes from S3; `fsync left out`, since a killed process
leaves its pages with the system, and only a power cut would lose them.
"""
