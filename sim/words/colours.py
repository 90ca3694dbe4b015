"""The colours of everything people look at, in one place."""

from __future__ import annotations

from typing import Final

# The palette of Okabe and Ito, "Color Universal Design" (2008): told apart by colour-blind readers, and in grey.
BLACK: Final = "#000000"


ORANGE: Final = "#E69F00"


SKY: Final = "#56B4E9"


GREEN: Final = "#009E73"


YELLOW: Final = "#F0E442"


BLUE: Final = "#0072B2"


VERMILLION: Final = "#D55E00"


PURPLE: Final = "#CC79A7"


INK: Final = "#222222"
"""Text and axes."""


FAINT: Final = "#767676"
"""Secondary text: still 4.5 to 1 on white."""


RESTING: Final = "#C9CDD2"
"""Money lying on an account that nobody stopped."""


HELD: Final = GREEN
"""Money under a stop, and money recovered."""


QUIET: Final = "#EDF4F9"
"""A desk at which nobody is at work."""


BUSY: Final = BLUE
"""A desk at which everybody is; between the two there are shades, told apart in grey."""


GONE: Final = BLACK
"""Money that left the banks."""
