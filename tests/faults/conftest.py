"""The rows of the fault plan fork, kill and inject: they need a Unix."""

from __future__ import annotations

import os

collect_ignore_glob = [] if hasattr(os, "fork") else ["test_*.py"]
