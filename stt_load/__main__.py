"""`python -m stt_load`: the same as `stt-load`."""

import sys

from stt_load.cli import main

sys.exit(main())
