"""The program ``torchlint``, also as ``python -m torchlint``."""

from torchlint.import_path import leave_current_folder

leave_current_folder()  # before more of Python is imported

from torchlint.frontends.cli import main  # noqa: E402

if __name__ == "__main__":
    raise SystemExit(main())
