"""The program ``torchlint``, also as ``python -m torchlint``."""

from torchlint.import_path import leave_current_folder


def main() -> int:
    """Run the command line and return its exit status."""
    leave_current_folder()
    from torchlint.frontends import cli  # not before: it imports more of Python

    return cli.main()


if __name__ == "__main__":
    raise SystemExit(main())
