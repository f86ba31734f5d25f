"""What calls of other packages do."""
