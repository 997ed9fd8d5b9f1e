"""A clock that never jumps, for all that is waited for.

It goes on from what the system's clock said when the process began, however that is set meanwhile.
A page whose time has come stays so, and what is a minute away stays a minute away. When something
was captured, the system's clock says: it is the one that is put right.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final

_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Where there is one, of a clock that goes on while the machine sleeps."""


def now() -> datetime:
    """Return the moment by that clock; aware, UTC."""
    return _BEGAN + timedelta(seconds=time.clock_gettime(_CLOCK))


_BEGAN: Final = datetime.now(UTC) - timedelta(seconds=time.clock_gettime(_CLOCK))
