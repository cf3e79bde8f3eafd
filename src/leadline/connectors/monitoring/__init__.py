"""Reading what watching needs: counts from tables, changes from git, and telling people."""
