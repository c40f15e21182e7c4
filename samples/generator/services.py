"""What the practices charge for: a small fee table of our own, and the visits that come up by specialty.

`charge_cents` is what the practice bills; `reference_cents` is about what Medicare allows, the measure of every
payer's contract. Labels are our own short words.
"""

from __future__ import annotations

from typing import NamedTuple


class Service(NamedTuple):
    label: str
    charge_cents: int
    reference_cents: int
    revenue_code: str = ""  # for a hospital's lines


class Ordered(NamedTuple):
    """One line of a visit."""

    code: str  # "" for a revenue code alone
    modifiers: tuple[str, ...] = ()
    units: int = 1
    revenue_code: str = ""  # for a line without a procedure


class Visit(NamedTuple):
    weight: int
    lines: tuple[Ordered, ...]
    diagnoses: tuple[str, ...]
    place: str = "11"  # place of service, or the first two digits of the bill type
    needs_authorization: bool = False


FEES: dict[str, Service] = {
    "99203": Service("New patient visit, low", 24500, 10980),
    "99204": Service("New patient visit, moderate", 36500, 16420),
    "99213": Service("Office visit, low", 18500, 9010, "0510"),
    "99214": Service("Office visit, moderate", 26800, 12730, "0510"),
    "99215": Service("Office visit, high", 36800, 17880),
    "99396": Service("Yearly check, 40 to 64", 31000, 14200),
    "99284": Service("Emergency visit, high", 98500, 37800, "0450"),
    "G0439": Service("Yearly wellness visit", 29500, 13190),
    "90471": Service("Giving a vaccine", 5400, 2110),
    "90686": Service("Influenza vaccine", 4800, 2290),
    "36415": Service("Blood draw", 2900, 880, "0300"),
    "80053": Service("Metabolic panel", 9800, 1060, "0301"),
    "80061": Service("Lipid panel", 11200, 1340, "0301"),
    "83036": Service("Glucose, three months", 7600, 970, "0301"),
    "85025": Service("Blood count", 7200, 780, "0305"),
    "81003": Service("Urine test", 3400, 230, "0307"),
    "93000": Service("ECG with report", 9900, 1490),
    "93005": Service("ECG tracing", 18500, 5620, "0730"),
    "93306": Service("Heart ultrasound", 118000, 19840, "0480"),
    "93015": Service("Stress test", 42500, 7110),
    "78452": Service("Heart perfusion imaging", 246000, 46300, "0341"),
    "20610": Service("Injecting a large joint", 32500, 6390),
    "J3301": Service("Triamcinolone, 10 mg", 3600, 170),
    "J1100": Service("Dexamethasone, 1 mg", 1200, 18, "0636"),
    "73030": Service("Shoulder X-ray", 14800, 3460, "0320"),
    "73562": Service("Knee X-ray", 15900, 3890, "0320"),
    "71046": Service("Chest X-ray", 23800, 3320, "0324"),
    "73721": Service("MRI of a leg joint", 184000, 23650, "0610"),
    "70450": Service("CT of the head", 162000, 11580, "0351"),
    "74177": Service("CT of the abdomen with contrast", 346000, 34280, "0352"),
    "29881": Service("Knee arthroscopy with meniscus", 689000, 58420, "0360"),
    "29826": Service("Shoulder decompression", 312000, 19120),
    "27447": Service("Knee replacement", 1184000, 132700),
    "45380": Service("Colonoscopy with biopsy", 428000, 112600, "0750"),
    "97110": Service("Therapeutic exercise, 15 min", 9800, 2960, "0420"),
    "97140": Service("Manual therapy, 15 min", 9200, 2710, "0420"),
    "96372": Service("Giving an injection", 8400, 1480, "0510"),
    "11042": Service("Wound cleaning, skin", 48500, 11890, "0761"),
    "0250": Service("Pharmacy", 12600, 2100, "0250"),
    "0270": Service("Supplies", 18800, 3150, "0270"),
}

VISITS: dict[str, tuple[Visit, ...]] = {
    "family": (
        Visit(20, (Ordered("99213"),), ("J069", "R051")),
        Visit(22, (Ordered("99214"), Ordered("36415"), Ordered("80053"), Ordered("80061")), ("E119", "I10", "E785")),
        Visit(10, (Ordered("99214", ("25",)), Ordered("83036")), ("E1165", "I10")),
        Visit(9, (Ordered("99203"), Ordered("81003")), ("N390",)),
        Visit(7, (Ordered("99396", ("25",)), Ordered("90471"), Ordered("90686")), ("Z0000", "Z23")),
        Visit(8, (Ordered("99213", ("25",)), Ordered("93000")), ("R079", "I10")),
        Visit(5, (Ordered("99215"), Ordered("36415"), Ordered("85025")), ("I5022", "N183", "E1122")),
        Visit(5, (Ordered("99213"), Ordered("96372"), Ordered("J3301", (), 4)), ("M5416",)),
    ),
    "orthopedics": (
        Visit(16, (Ordered("99213", ("25",)), Ordered("20610", ("RT",)), Ordered("J3301", (), 4)), ("M1711",)),
        Visit(14, (Ordered("99204"), Ordered("73562", ("LT",))), ("M2562", "M25562")),
        Visit(9, (Ordered("99203"), Ordered("73030", ("RT",))), ("M25511",)),
        Visit(7, (Ordered("73721", ("LT",)),), ("S83242A",), "11", needs_authorization=True),
        Visit(6, (Ordered("29881", ("RT",)),), ("S83231A", "M2341"), "24", needs_authorization=True),
        Visit(4, (Ordered("29826", ("LT",)), Ordered("20610", ("LT",))), ("M7542",), "24", needs_authorization=True),
        Visit(3, (Ordered("27447", ("RT",)),), ("M1711", "Z6835"), "21", needs_authorization=True),
        Visit(10, (Ordered("97110", ("GP",), 2), Ordered("97140", ("GP", "59"))), ("M25561",)),
    ),
    "cardiology": (
        Visit(14, (Ordered("99214", ("25",)), Ordered("93000")), ("I4891", "I10")),
        Visit(10, (Ordered("93306"),), ("I5022", "I340"), "11", needs_authorization=True),
        Visit(6, (Ordered("99204"), Ordered("93000")), ("R002",)),
        Visit(5, (Ordered("93015"),), ("R9431", "I2510")),
        Visit(4, (Ordered("78452"), Ordered("93015")), ("I2510", "R079"), "11", needs_authorization=True),
    ),
    "outpatient": (  # a hospital's own bill: revenue codes, bill type 13x
        Visit(12, (Ordered("36415"), Ordered("80053"), Ordered("85025")), ("E119", "D649"), "13"),
        Visit(9, (Ordered("99284"), Ordered("71046"), Ordered("93005"), Ordered("", (), 1, "0250")), ("R079",), "13"),
        Visit(6, (Ordered("70450"), Ordered("99284")), ("R51", "S0990XA"), "13"),
        Visit(6, (Ordered("74177"),), ("R1031", "K5792"), "13", needs_authorization=True),
        Visit(5, (Ordered("45380"), Ordered("", (), 1, "0270")), ("K635", "Z1211"), "13", needs_authorization=True),
        Visit(
            4,
            (Ordered("29881", ("LT",)), Ordered("", (), 1, "0270"), Ordered("J1100", (), 8)),
            ("S83242A",),
            "83",
            needs_authorization=True,
        ),
        Visit(6, (Ordered("97110", ("GP",), 3), Ordered("97140", ("GP",))), ("M545", "M5416"), "13"),
        Visit(4, (Ordered("11042"), Ordered("99213", ("25",))), ("L97521", "E11621"), "13"),
    ),
}
