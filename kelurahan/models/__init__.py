from kelurahan.models.area import Area, Boundary, Level, MapDrawing, OfficialArea
from kelurahan.models.assessment import COLUMNS, Assessment, column
from kelurahan.models.change import Change, ChangeSet, Event, Origin
from kelurahan.models.decree import Decree, DecreePlace
from kelurahan.models.indicator import Indicator, IndicatorChange, IndicatorValue
from kelurahan.models.memory import SheetMemory
from kelurahan.models.summary import DataVersion, Summary, SummarySource
from kelurahan.models.upload import UPLOAD_MOVES, Job, JobState, Upload, UploadRows, UploadState
from kelurahan.models.user import AccountEvent, Role, User

__all__ = [
    "COLUMNS",
    "UPLOAD_MOVES",
    "AccountEvent",
    "Area",
    "Assessment",
    "Boundary",
    "Change",
    "ChangeSet",
    "DataVersion",
    "Decree",
    "DecreePlace",
    "Event",
    "Indicator",
    "IndicatorChange",
    "IndicatorValue",
    "Job",
    "JobState",
    "Level",
    "MapDrawing",
    "OfficialArea",
    "Origin",
    "Role",
    "SheetMemory",
    "Summary",
    "SummarySource",
    "Upload",
    "UploadRows",
    "UploadState",
    "User",
    "column",
]
