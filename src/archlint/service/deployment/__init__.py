"""Images, containers, CI and the commands that they run."""
