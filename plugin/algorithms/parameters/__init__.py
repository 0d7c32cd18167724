"""The parameters that several algorithms share, each with its label and help in one place."""
