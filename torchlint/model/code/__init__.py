"""What the code of a file does and is for, apart from what goes wrong in it."""
