"""What planning keeps: needs with their way, analysis, participation, and who was told."""

from planning.models.analysis import FactorEvidence, SwotFactor, TowsStrategy
from planning.models.needs import (
    Criterion,
    Need,
    NeedCategory,
    NeedContact,
    NeedPhoto,
    NeedScore,
    NeedStep,
)
from planning.models.participation import (
    Consultation,
    ConsultationComment,
    Forum,
    ForumAttendance,
    ForumFile,
    ForumProposal,
)
from planning.models.telling import Announcement, AnnouncementReceipt

__all__ = [
    "Announcement",
    "AnnouncementReceipt",
    "Consultation",
    "ConsultationComment",
    "Criterion",
    "FactorEvidence",
    "Forum",
    "ForumAttendance",
    "ForumFile",
    "ForumProposal",
    "Need",
    "NeedCategory",
    "NeedContact",
    "NeedPhoto",
    "NeedScore",
    "NeedStep",
    "SwotFactor",
    "TowsStrategy",
]
