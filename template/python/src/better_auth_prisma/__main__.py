"""``python -m better_auth_prisma generate``"""

import sys

from better_auth_prisma.generate.command import main

if __name__ == "__main__":
    if sys.argv[1:2] != ["generate"]:
        sys.exit("usage: python -m better_auth_prisma generate [--check] [--diff] [--schema PATH]")
    sys.exit(main(sys.argv[2:]))
