"""Open this first: how the bytes of one file become its findings, on one page.

bytes -> Source -> Outline -> Regions -> LibCST -> Facts -> rule.check -> Finding
      -> suppress -> select -> sort -> FileResult
"""
