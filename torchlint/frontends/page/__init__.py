"""The page that ``--output-format html`` writes: one file that needs nothing but a browser."""
