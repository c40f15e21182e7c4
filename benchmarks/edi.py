"""How fast and how flat an 835 is read, against the floor and against what else a person could use.

    python -m benchmarks.edi                      100,000 claims, three runs each
    python -m benchmarks.edi --claims 10000 --runs 1
    python -m benchmarks.edi --context 2000       also pyx12's x12context, which is too slow for more
    python -m benchmarks.edi --flat 1000000       also our memory on a million claims (0.5 GB of disk)
    python -m benchmarks.edi --peers DIRECTORY    a virtual environment with requirements-peers.txt installed

The file is generated, the same every time: 22 segments and about 500 bytes a claim, fee-schedule charges, adjustments
that balance. Every measurement is a process of its own. Figures are CPU seconds (user and system, median of the
runs) of the reading itself, without starting the interpreter and importing; and peak resident memory above a bare
interpreter that does nothing, imports included.

The floor is the least that anything could do: split the bytes into segments and elements, and throw them away.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

CLAIMS = 100_000
CLAIMS_PER_PAYMENT = 1_000
RUNS = 3
SMALL = 10_000  # claims of the smaller file that memory is measured on
PEERS = Path(".venv-peers")
FEES = [(f"{99201 + step}", 4_500 + step * 1_337 % 40_000) for step in range(90)]


class Contender(NamedTuple):
    """What one child process does: `setup` is not measured, `work` is. `path` and `expected` are given."""

    setup: str
    work: str


FLOOR = Contender(
    "",
    """
def split(stream):
    rest = ""
    while chunk := stream.read(131072):
        *whole, rest = (rest + chunk.decode("ascii")).split("~")
        for segment in whole:
            elements = segment.split("*")
with open(path, "rb") as stream:
    split(stream)
""",
)
OURS = Contender(
    "import edi\nfrom edi.x835.model import ClaimPayment",
    """
with open(path, "rb") as stream:
    claims = sum(1 for value in edi.read(stream) if isinstance(value, ClaimPayment))
assert claims == expected, claims
""",
)
OURS_TUNED = Contender(OURS.setup + "\nimport gc\ngc.freeze()\ngc.set_threshold(100_000, 50, 100)", OURS.work)
X12READER = Contender(
    "from pyx12.x12file import X12Reader",
    """
claims = sum(1 for segment in X12Reader(path) if segment.get_seg_id() == "CLP")
assert claims == expected, claims
""",
)
X12CONTEXT = Contender(
    "import pyx12.error_handler, pyx12.params, pyx12.x12context",
    """
reader = pyx12.x12context.X12ContextReader(pyx12.params.params(), pyx12.error_handler.errh_null(), open(path))
claims = sum(1 for node in reader.iter_segments("2100") if node.id == "2100")
assert claims == expected, claims
""",
)
BARE = Contender("", "")
OPENX12 = Contender(
    "from openx12 import x835",
    """
with open(path) as stream:
    remittance = x835.parse(stream.read())
assert len(remittance.claims) == expected, len(remittance.claims)
""",
)
ALWAYS = {"floor": (sys.executable, FLOOR), "ours": (sys.executable, OURS)}


class Measured(NamedTuple):
    seconds: float
    megabytes: float


def generate(claims: int) -> Iterator[bytes]:
    """The bytes of an 835 with so many claims, a thousand to a payment."""
    draw = random.Random(835)
    yield b"ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*000000001*0*P*:"
    yield b"~GS*HP*PAYER01*CLINIC01*20261120*1200*1*X*005010X221A1~"
    payments = 0
    for first in range(0, claims, CLAIMS_PER_PAYMENT):
        payments += 1
        body: list[str] = []
        paid = 0
        for number in range(first, min(first + CLAIMS_PER_PAYMENT, claims)):
            paid += _claim(body, number, draw)
        head = [
            f"ST*835*{payments:04d}",
            f"BPR*I*{_money(paid)}*C*ACH*CCP*01*999988880*DA*11112222*1999999999**01*999977770*DA*33334444*20261118",
            f"TRN*1*EFT{payments:07d}*1999999999",
            "DTM*405*20261117",
            "N1*PR*INVENTED HEALTH PLAN",
            "N1*PE*INVENTED CLINIC*XX*1234567893",
            "LX*1",
        ]
        body.append(f"SE*{len(head) + len(body) + 1}*{payments:04d}")
        yield ("~".join(head + body) + "~").encode("ascii")
    yield f"GE*{payments}*1~IEA*1*000000001~".encode("ascii")


def _claim(body: list[str], number: int, draw: random.Random) -> int:
    """Append the 22 segments of one claim; its payment in cents."""
    day = f"202610{draw.randrange(1, 29):02d}"
    lines: list[str] = []
    charged = paid = patient = 0
    for line in range(1, 4):
        code, fee = draw.choice(FEES)
        allowed = fee * draw.choice((55, 60, 65, 80)) // 100
        share = draw.choice((0, 1_500, 2_000, 4_000))
        share = min(share, allowed)
        charged += fee
        paid += allowed - share
        patient += share
        adjusted = f"CAS*CO*45*{_money(fee - allowed)}" if share == 0 else f"CAS*PR*3*{_money(share)}"
        lines += [
            f"SVC*HC:{code}*{_money(fee)}*{_money(allowed - share)}**1",
            f"DTM*472*{day}",
            adjusted if share == 0 else f"CAS*CO*45*{_money(fee - allowed)}~{adjusted}",
            f"REF*6R*{number}L{line}",
        ]
        if share == 0:
            lines.append(f"AMT*B6*{_money(allowed)}")
    body += [
        f"CLP*PCN{number:08d}*1*{_money(charged)}*{_money(paid)}*{_money(patient) if patient else ''}*12"
        f"*ICN{number:09d}*11*1",
        f"NM1*QC*1*DOE{number % 977}*JANE****MI*W{number:09d}",
        f"NM1*82*1*ROE*RICHARD****XX*{1234567893 + number % 50}",
        f"REF*1L*GROUP{number % 40}",
        f"DTM*232*{day}",
        f"DTM*233*{day}",
        "DTM*050*20261029",
    ]
    body += "~".join(lines).split("~")
    return paid


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}".rstrip("0").rstrip(".")


def measure(python: str, contender: Contender, path: Path, claims: int) -> Measured:
    """One child process: the CPU seconds of its work and its peak memory, less what it had before the work."""
    script = f"""
import resource, time
path = {str(path)!r}
expected = {claims}
{contender.setup}
began = time.process_time()
{contender.work}
print(time.process_time() - began)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no output")
    seconds, kilobytes = done.stdout.split()[-2:]
    return Measured(float(seconds), int(kilobytes) / 1024)


def median(python: str, contender: Contender, path: Path, claims: int, runs: int) -> Measured:
    """The median of the seconds, the largest of the memory."""
    measured = [measure(python, contender, path, claims) for _ in range(runs)]
    return Measured(statistics.median(one.seconds for one in measured), max(one.megabytes for one in measured))


def write_file(folder: str, claims: int) -> Path:
    path = Path(folder) / f"{claims}.835"
    with path.open("wb") as stream:
        stream.writelines(generate(claims))
    return path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edi", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--peers", type=Path, default=PEERS, help="virtual environment of requirements-peers.txt")
    parser.add_argument("--context", type=int, metavar="N", help="also pyx12's x12context, on N claims")
    parser.add_argument("--flat", type=int, metavar="N", help="also our memory on N claims")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = write_file(folder, chosen.claims)
        print(f"{chosen.claims:,} claims, {path.stat().st_size / 1e6:.1f} MB, median of {chosen.runs}", flush=True)
        bare = measure(sys.executable, BARE, path, chosen.claims).megabytes
        compare(path, chosen.claims, contenders(chosen.peers), bare, chosen.runs)
        if chosen.context:
            path = write_file(folder, chosen.context)
            print(f"\n{chosen.context:,} claims", flush=True)
            compare(
                path, chosen.context, {**ALWAYS, "pyx12 x12context": (sys.executable, X12CONTEXT)}, bare, chosen.runs
            )
        print("\nour peak memory, MB above a bare interpreter", flush=True)
        for claims in sorted({SMALL, chosen.claims, chosen.flat or SMALL}):
            path = write_file(folder, claims)
            print(
                f"{claims:>10,} claims{measure(sys.executable, OURS, path, claims).megabytes - bare:8.1f}", flush=True
            )
            path.unlink()
    return 0


def contenders(peers: Path) -> dict[str, tuple[str, Contender]]:
    """What is compared, each with the interpreter that it runs in."""
    found = {
        **ALWAYS,
        "ours, collector tuned": (sys.executable, OURS_TUNED),
        "pyx12 X12Reader": (sys.executable, X12READER),
    }
    peer_python = peers / "bin" / "python"
    if peer_python.exists():
        found["openx12"] = (str(peer_python), OPENX12)
    return found


def compare(path: Path, claims: int, those: Mapping[str, tuple[str, Contender]], bare: float, runs: int) -> None:
    """One line for each: CPU seconds, how many times the floor, how many times ours, memory."""
    floor = ours = 0.0
    print(f"{'':24}{'CPU s':>8}{'× floor':>9}{'× ours':>8}{'MB above bare':>15}")
    for name, (python, contender) in those.items():
        try:
            seconds, megabytes = median(python, contender, path, claims, runs)
        except RuntimeError as error:
            print(f"{name:24}did not run: {error}")
            continue
        floor = floor or seconds
        ours = seconds if name == "ours" else ours
        by_ours = f"{seconds / ours:8.1f}" if ours else f"{'':8}"
        print(f"{name:24}{seconds:8.2f}{seconds / floor:9.1f}{by_ours}{megabytes - bare:15.1f}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
