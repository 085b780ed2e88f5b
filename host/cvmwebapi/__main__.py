"""``python -m cvmwebapi``: the same as the command ``cernvm-webapi``."""

from cvmwebapi.main import main

if __name__ == "__main__":
    main()
