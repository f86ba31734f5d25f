"""Values of the abstract interpreter.

Numbers, strings, None, tuples, lists and dicts are Python's own, with abstract values inside. What the interpreter
knows more about has a class, in a module by its theme; a kind that says what it does itself is a ``protocol.Value``.
Must-facts: what is not certain is ``Answer.MAYBE``, or a ``Symbolic``.
"""
