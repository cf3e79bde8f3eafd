"""One file that holds what of a workspace cannot be made anew; restored on either database."""

from leadline.records.backups.archive import Manifest, read_manifest
from leadline.records.backups.making import make_backup
from leadline.records.backups.restoring import Restored, restore_backup

__all__ = ["Manifest", "Restored", "make_backup", "read_manifest", "restore_backup"]
