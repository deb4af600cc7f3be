"""Pure arithmetic of the ground floor: facts in, values out. No database, no clock, no settings."""
