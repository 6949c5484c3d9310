"""`python -m stt_load.cli`: the same as `stt-load`."""

import sys

from stt_load.cli.program import main

sys.exit(main())
