"""The pages of prospect lists, for staff."""
