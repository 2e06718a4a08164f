"""What is kept in `blomst.db`, table by table.

Times are seconds since 1970 in UTC, hashes hexadecimal, JSON is text. Order is told by growing
numbers, never by the clock. What is removed keeps its row with a time in `removed` until it is
swept, so that it can come back.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

VERSION = 1
"""Raised when an older Blomst would misread the tables."""

METADATA = MetaData()

models = Table(
    "models",
    METADATA,
    Column("model", Text, primary_key=True),  # slug
    Column("names", Text, nullable=False),  # JSON by language
    Column("shipped", Boolean, nullable=False),
    Column("live", Integer),  # number of the live version
    Column("revision", Integer, nullable=False, server_default="0"),  # grows with every change
    Column("created", Float, nullable=False),
    Column("removed", Float),
)

labels = Table(
    "labels",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("label", Text, primary_key=True),  # slug
    Column("key", Text, nullable=False),  # what makes two names one label
    Column("names", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("removed", Float),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

images = Table(
    "images",
    METADATA,
    Column("number", Integer, primary_key=True),  # in the order of arrival
    Column("model", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("split", Text, nullable=False),
    Column("reason", Text),  # why it is set aside
    Column("group", Integer, nullable=False),
    Column("hash", Integer, nullable=False),  # perceptual, as a signed 64-bit number
    *(Column(f"band{at}", Integer, nullable=False) for at in range(5)),  # parts of the hash
    Column("width", Integer),
    Column("height", Integer),
    Column("bytes", Integer),
    Column("filename", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("present", Boolean, nullable=False),  # whether the photo itself is here
    Column("credit_by", Text),
    Column("credit_link", Text),
    Column("added", Float, nullable=False),
    Column("removed", Float),
    ForeignKeyConstraint(["model", "label"], ["labels.model", "labels.label"], ondelete="CASCADE"),
    Index("images_sha256", "model", "sha256", unique=True),
    Index("images_page", "model", "label", "removed", "number"),
    Index("images_all", "model", "removed", "number"),
    Index("images_count", "model", "removed", "label", "split", "group"),
    Index("images_group", "model", "group"),
    *(Index(f"images_band{at}", "model", f"band{at}") for at in range(5)),
)

holds = Table(
    "holds",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("hold", Text, primary_key=True),  # the client's name of one hold-to-record
    Column("group", Integer, nullable=False),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

imports = Table(
    "imports",
    METADATA,
    Column("import", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("label", Text),  # of all photos, where the archive has no folders
    Column("state", Text, nullable=False),
    Column("archive", Text, nullable=False),  # file name within the folder of imports
    Column("total", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("problem", Text),  # JSON: code and params
    Column("created", Float, nullable=False),
    Column("finished", Float),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

import_items = Table(
    "import_items",
    METADATA,
    Column("import", Integer, primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("file", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("label", Text),
    Column("sha256", Text),
    Column("code", Text),
    Column("params", Text),
    ForeignKeyConstraint(["import"], ["imports.import"], ondelete="CASCADE"),
    Index("import_items_outcome", "import", "outcome", "item"),
)

runs = Table(
    "runs",
    METADATA,
    Column("run", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("attempt", Integer, nullable=False),
    Column("lease", Text),  # of the attempt that may write
    Column("fingerprint", Text),  # of the data it learned from
    Column("version", Integer),
    Column("went_live", Boolean),
    Column("waits_because", Text),  # JSON: codes and params
    Column("problem", Text),  # JSON: code and params
    Column("by", Text),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("finished", Float),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
    Index("runs_state", "state", "run"),
    Index("runs_model", "model", "run"),
)

versions = Table(
    "versions",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("run", Integer),
    Column("by", Text),
    Column("summary", Text, nullable=False),  # JSON: what lists of versions show
    Column("created", Float, nullable=False),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

sittings = Table(
    "sittings",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("tests_sha256", Text, primary_key=True),  # of the sealed photos and their labels
    Column("created", Float, nullable=False),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

choices = Table(
    "choices",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("coverage", Float),  # share of validation that must lie within the cut for unknown
    Column("threshold", Float, nullable=False),  # the least score that is answered
    Column("updated", Float, nullable=False),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

cuts = Table(
    "cuts",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("coverage", Float, nullable=False),  # that it was worked out for
    Column("cut", Float, nullable=False),  # cosine distance
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

doubts_kept = Table(
    "doubts_kept",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("label", Text, nullable=False),  # under which someone looked at it and left it
    Column("created", Float, nullable=False),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

inbox = Table(
    "inbox",
    METADATA,
    Column("number", Integer, primary_key=True),  # in the order of arrival
    Column("model", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("filename", Text, nullable=False),
    Column("verdict", Text),  # what someone said of an answer about it: right or wrong
    Column("version", Integer),  # that gave this answer
    Column("answer", Text),  # the answer: a label's slug, None where there was none
    Column("added", Float, nullable=False),
    Column("expires", Float),  # None: it waits until it gets its label
    Column("removed", Float),
    Column("taught", Boolean, nullable=False),  # whether it went into the dataset when it left
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
    Index("inbox_sha256", "model", "sha256", unique=True),
    Index("inbox_photo", "sha256"),
)

apart = Table(
    "apart",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("one", Text, primary_key=True),  # SHA-256, the lower of the two
    Column("other", Text, primary_key=True),
    Column("created", Float, nullable=False),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

others = Table(
    "others",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("set", Text, primary_key=True),  # slug
    Column("name", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("removed", Float),
    ForeignKeyConstraint(["model"], ["models.model"], ondelete="CASCADE"),
)

other_photos = Table(
    "other_photos",
    METADATA,
    Column("number", Integer, primary_key=True),  # in the order of arrival
    Column("model", Text, nullable=False),
    Column("set", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("added", Float, nullable=False),
    Column("removed", Float),
    ForeignKeyConstraint(["model", "set"], ["others.model", "others.set"], ondelete="CASCADE"),
    Index("other_photos_set", "model", "set", "sha256", unique=True),
    Index("other_photos_sha256", "sha256"),
)

idempotency = Table(
    "idempotency",
    METADATA,
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_sha256", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("location", Text),
    Column("created", Float, nullable=False),
)
