"""Which stations to withhold, how to score a prediction, and the study of the damping."""
