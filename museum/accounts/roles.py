"""The roles people hold, the actions they ask for and the levels of what may be seen."""

import enum


class Role(enum.StrEnum):
    """What a person is for an institution or one of its collections."""

    CONTRIBUTOR = "contributor"
    CURATOR = "curator"
    REVIEWER = "reviewer"
    RESTORER = "restorer"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"


class Level(enum.IntEnum):
    """How widely a thing may be seen; higher is narrower.

    PUBLIC is for everyone once its record is published, INTERNAL for the institution's people, CONFIDENTIAL
    (valuation, where a treasure lies, personal data) for those whose role needs it.
    """

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2


class Action(enum.StrEnum):
    """What somebody may ask to do."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    REVIEW = "review"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    DELETE = "delete"
    MERGE = "merge"
    RESTORE = "restore"
    UNDO = "undo"
    RECORD_CARE = "record_care"
    SIGN = "sign"
    DOWNLOAD_MASTER = "download_master"
    SEE_HISTORY = "see_history"
    EXPORT = "export"
    EDIT_TERMS = "edit_terms"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_INSTITUTIONS = "manage_institutions"
    MANAGE_JOBS = "manage_jobs"
    AUDIT = "audit"
