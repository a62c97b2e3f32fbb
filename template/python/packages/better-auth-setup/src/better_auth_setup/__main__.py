"""``python -m better_auth_setup``"""

import sys

from better_auth_setup.cli import main

if __name__ == "__main__":
    sys.exit(main())
