"""The damped, iterative least squares that turns gravity into relief."""
