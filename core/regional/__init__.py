"""What of the misfit is not the relief: one file a method."""
