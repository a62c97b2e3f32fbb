"""``python -m better_auth_setup generate``"""

import os
import sys

from better_auth_setup.generate.command import main

if __name__ == "__main__":
    if sys.argv[1:2] != ["generate"]:
        print("usage: python -m better_auth_setup generate [--check] [--diff] [--schema PATH]")
        sys.exit(2)
    try:
        status = main(sys.argv[2:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)
