"""From the log of a run that died to the line to blame: nothing is run, and only files of the project are read."""
