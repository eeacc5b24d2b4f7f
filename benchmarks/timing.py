"""What every benchmark needs: the machine's name, percentiles, memory, a process of its own."""

import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np


def machine() -> str:
    """One line about this machine: date, processor, cores, memory, Python."""
    lines = _lines("/proc/cpuinfo")
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{date.today()}; {model}; {cores} cores; {memory:.0f} GiB; Python {platform.python_version()}"


def percentiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th percentile of some times, in milliseconds."""
    p50, p95, p99 = np.percentile(np.asarray(seconds) * 1000, (50, 95, 99))
    return float(p50), float(p95), float(p99)


def memory() -> tuple[float, float]:
    """This process's own memory and its memory with mapped files, now, in MB."""
    values = {line.split(":")[0]: float(line.split()[1]) / 1000 for line in _lines("/proc/self/status") if "kB" in line}
    return values["RssAnon"], values["VmRSS"]


def peak_memory() -> float:
    """The most memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def apart(module: str, *arguments: str) -> dict[str, Any]:
    """What a module prints as JSON, in a process of its own."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
