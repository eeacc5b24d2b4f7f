"""Which segments of a library become one."""

from collections.abc import Mapping

#: So many segments of about the same size become one (the tiers of a log-structured merge tree, O'Neil et al. 1996).
FANOUT = 8
#: Segments of FANOUT to the power of TIERS reports stay as they are: what one change may cost has a limit.
TIERS = 3


def merged(sizes: Mapping[str, int]) -> list[list[str]]:
    """Which segments of so many reports each become one: groups of names, most of them of one.

    >>> merged({"a": 100} | {name: 1 for name in "bcdefghi"})
    [['a'], ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']]
    """
    groups = [([name], size) for name, size in sizes.items()]
    for tier in range(TIERS):
        of_tier = [group for group in groups if FANOUT**tier <= group[1] < FANOUT ** (tier + 1)]
        if len(of_tier) >= FANOUT:
            joined = ([name for names, _ in of_tier for name in names], sum(size for _, size in of_tier))
            groups = [*(group for group in groups if group not in of_tier), joined]
    return [names for names, _ in groups]
