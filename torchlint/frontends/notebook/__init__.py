"""``%load_ext torchlint``: cells are checked as one program while they are run, in IPython and Jupyter."""
