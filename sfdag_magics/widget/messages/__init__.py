"""What kernel and page tell each other, as it travels; `MESSAGES.md` lists all of it.

Kernel → page: traits, each whole, and one `Reply` to each request. Page → kernel: `Request`s, and
never a trait: two writers lose updates.
"""

from sfdag_magics.widget.messages.past import (
    PageCompared,
    PageComparedTask,
    PageComparison,
    PageDifference,
    PagePast,
    PagePastRun,
    PageSchedule,
)
from sfdag_magics.widget.messages.picture import (
    PageEdge,
    PageFold,
    PageFolded,
    PageGraph,
    PageGroup,
    PageNode,
)
from sfdag_magics.widget.messages.requests import ACTS, Ask, Reply, Request, request_from_content
from sfdag_magics.widget.messages.sheets import (
    PageActions,
    PageAgain,
    PageAgainTask,
    PageCell,
    PageForm,
    PageFormRow,
    PagePlan,
)
from sfdag_magics.widget.messages.slots import (
    PageBackfill,
    PageSlot,
    PageSlotMonth,
    PageSlots,
)
from sfdag_magics.widget.messages.state import (
    PageBefore,
    PageIntention,
    PageMetric,
    PageProgress,
    PageQuestion,
    PageRun,
    PageState,
    PageTask,
    PageTasks,
)

__all__ = [
    "ACTS",
    "Ask",
    "PageActions",
    "PageAgain",
    "PageAgainTask",
    "PageBackfill",
    "PageBefore",
    "PageCell",
    "PageCompared",
    "PageComparedTask",
    "PageComparison",
    "PageDifference",
    "PageEdge",
    "PageFold",
    "PageFolded",
    "PageForm",
    "PageFormRow",
    "PageGraph",
    "PageGroup",
    "PageIntention",
    "PageMetric",
    "PageNode",
    "PagePast",
    "PagePastRun",
    "PagePlan",
    "PageProgress",
    "PageQuestion",
    "PageRun",
    "PageSchedule",
    "PageSlot",
    "PageSlotMonth",
    "PageSlots",
    "PageState",
    "PageTask",
    "PageTasks",
    "Reply",
    "Request",
    "request_from_content",
]
