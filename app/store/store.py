"""Everything that is kept in one data folder, opened together."""

from dataclasses import dataclass
from typing import Self

from app.store.database import Database
from app.store.folder import DataFolder
from app.store.kept import Kept
from app.store.objects import Objects
from app.store.small import SmallCopies


@dataclass(frozen=True)
class Store:
    """`folder` must be held (DataFolder.open) by this process."""

    folder: DataFolder
    database: Database
    objects: Objects
    kept: Kept
    small: SmallCopies

    @classmethod
    def open(cls, folder: DataFolder, recipe: str) -> Self:
        """`recipe` is what the features depend on. Raises DatabaseDamaged."""
        return cls(
            folder,
            Database(folder.database),
            Objects(folder.objects, folder.temporary),
            Kept(folder.derived, recipe),
            SmallCopies(folder.derived, folder.temporary),
        )

    def close(self) -> None:
        self.kept.close()
        self.database.close()
