"""Who commits last wins, whenever its file has landed."""

from headwater.flow import convert

SHOWS = ("late",)


def apply():
    convert.order_of = lambda world, feed, members: tuple(each.id for each in members)
