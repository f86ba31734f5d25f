"""The second grammar: classes of modules, helper functions and training code, as people write them."""
