"""The manifest compiler; see README.md."""
