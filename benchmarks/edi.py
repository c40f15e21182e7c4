"""How fast and how flat an 835 is read, against the floor and against what else a person could use.

    python -m benchmarks.edi                      100,000 claims, three runs each
    python -m benchmarks.edi --claims 10000 --runs 1
    python -m benchmarks.edi --peers DIRECTORY    a virtual environment with requirements-peers.txt installed

The file is generated, the same every time: 22 segments and about 500 bytes a claim, fee-schedule charges, adjustments
that balance. Every measurement is a process of its own; figures are CPU seconds (user and system, median of the
runs) and peak resident memory above a bare interpreter that does nothing.

The floor is the least that anything could do: split the bytes into segments and elements, and throw them away.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

CLAIMS = 100_000
CLAIMS_PER_PAYMENT = 1_000
RUNS = 3
PEERS = Path(".venv-peers")
FEES = [(f"{99201 + step}", 4_500 + step * 1_337 % 40_000) for step in range(90)]

CHILDREN = {
    "bare": "pass",
    "floor": """
def split(stream):
    rest = ""
    while chunk := stream.read(131072):
        *whole, rest = (rest + chunk.decode("ascii")).split("~")
        for segment in whole:
            elements = segment.split("*")
with open(path, "rb") as stream:
    split(stream)
""",
    "ours": """
import edi
from edi.x835.model import ClaimPayment
with open(path, "rb") as stream:
    claims = sum(1 for value in edi.read(stream) if isinstance(value, ClaimPayment))
assert claims == expected, claims
""",
    "ours, collector tuned": """
import gc
import edi
from edi.x835.model import ClaimPayment
gc.freeze()
gc.set_threshold(100_000, 50, 100)
with open(path, "rb") as stream:
    claims = sum(1 for value in edi.read(stream) if isinstance(value, ClaimPayment))
assert claims == expected, claims
""",
    "pyx12 X12Reader": """
from pyx12.x12file import X12Reader
reader = X12Reader(path)
claims = sum(1 for segment in reader if segment.get_seg_id() == "CLP")
assert claims == expected, claims
""",
}
SLOW_CHILDREN = {
    "pyx12 x12context": """
import io
import pyx12.error_handler, pyx12.params, pyx12.x12context
reader = pyx12.x12context.X12ContextReader(pyx12.params.params(), pyx12.error_handler.errh_null(), open(path))
claims = sum(1 for node in reader.iter_segments("2100") if node.id == "2100")
assert claims == expected, claims
""",
}
PEER_CHILDREN = {
    "openx12": """
from openx12 import x835
with open(path) as stream:
    remittance = x835.parse(stream.read())
assert len(remittance.claims) == expected, len(remittance.claims)
""",
}


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


def measure(python: str, script: str, path: Path, claims: int) -> tuple[float, float]:
    """CPU seconds and peak memory in MB of one child process."""
    preamble = f"path = {str(path)!r}\nexpected = {claims}\n"
    report = "\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([python, "-c", preamble + script + report], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no output")
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(done.stdout.split()[-2]) / 1024  # VmHWM: 12345 kB


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edi", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--peers", type=Path, default=PEERS, help="virtual environment of requirements-peers.txt")
    parser.add_argument("--slow", action="store_true", help="also what takes minutes")
    parser.add_argument("--only", action="append", help="measure only these (besides bare and floor)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.835"
        with path.open("wb") as stream:
            stream.writelines(generate(chosen.claims))
        text = path.read_bytes()
        print(f"{chosen.claims:,} claims, {text.count(b'~'):,} segments, {len(text) / 1e6:.1f} MB", flush=True)
        del text
        contenders = [(name, sys.executable, script) for name, script in CHILDREN.items()]
        if chosen.slow:
            contenders += [(name, sys.executable, script) for name, script in SLOW_CHILDREN.items()]
        peer_python = chosen.peers / "bin" / "python"
        if peer_python.exists():
            contenders += [(name, str(peer_python), script) for name, script in PEER_CHILDREN.items()]
        _report(path, contenders, chosen)
    return 0


def _report(path: Path, contenders: list[tuple[str, str, str]], chosen: argparse.Namespace) -> None:
    bare_seconds = bare_memory = floor = 0.0
    print(f"{'':24}{'CPU s':>8}{'× floor':>9}{'MB above bare':>15}")
    for name, python, script in contenders:
        if chosen.only and name not in (*chosen.only, "bare", "floor"):
            continue
        started = time.monotonic()
        try:
            runs = [measure(python, script, path, chosen.claims) for _ in range(chosen.runs)]
        except RuntimeError as error:
            print(f"{name:24}did not run: {error}")
            continue
        seconds = statistics.median(run[0] for run in runs)
        memory = max(run[1] for run in runs)
        if name == "bare":
            bare_seconds, bare_memory = seconds, memory
        if name == "floor":
            floor = seconds - bare_seconds
        ratio = f"{(seconds - bare_seconds) / floor:9.1f}" if floor else f"{'':9}"
        print(f"{name:24}{seconds:8.2f}{ratio}{memory - bare_memory:15.1f}   ({time.monotonic() - started:.0f} s)")
        sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
