"""Who plays: two practices, their clinicians, and six payers. Names, ids, banks and streets are invented.

Tax ids begin with 07 or 08, prefixes that were never issued; telephone numbers are 555-01xx, kept for fiction;
routing numbers begin with 99, which no bank has.
"""

from __future__ import annotations

from typing import NamedTuple

from samples.generator.identifiers import npi, routing_number


class Place(NamedTuple):
    street: str
    city: str
    state: str
    postal_code: str


class Clinician(NamedTuple):
    last: str
    first: str
    npi: str
    taxonomy: str
    specialty: str  # which visits of `services` this person has


class Practice(NamedTuple):
    code: str  # its mailbox at the clearinghouse, and part of every file name
    letter: str  # what its patient control numbers begin with
    name: str
    npi: str
    tax_id: str
    taxonomy: str
    place: Place
    phone: str
    routing_number: str
    account: str
    clinicians: tuple[Clinician, ...]


class Payer(NamedTuple):
    code: str  # its id at the clearinghouse: 837 NM1*PR, 835 REF*2U
    short: str  # as file names write it
    name: str
    tax_id: str
    place: Place
    phone: str
    website: str
    routing_number: str
    account: str
    filing: str  # 837 SBR09
    claim_filing: str  # 835 CLP06
    member_prefix: str
    control_prefix: str  # what its claim control numbers begin with
    weekday: int  # it pays on this day of the week, 0 Monday
    pays_by: str  # ACH or CHK
    contract_percent: int  # of the reference fee: what it allows
    answer_days: tuple[int, int]  # from its acceptance to its decision


class Stream(NamedTuple):
    """One kind of claim that one practice batches to the clearinghouse."""

    code: str
    practice: Practice
    kind: str  # P professional, I institutional
    share: float  # of all claims


CLEARINGHOUSE = "WRENFIELDX"
CLEARINGHOUSE_NAME = "WRENFIELD EXCHANGE"

LARKMOOR = Practice(
    "LARKMOOR",
    "L",
    "LARKMOOR PHYSICIANS GROUP",
    npi("190044721"),
    "074410826",
    "193200000X",
    Place("4120 QUARRY LANE STE 200", "DAYTON", "OH", "454590001"),
    "9375550142",
    routing_number("99004411"),
    "6604417720",
    (
        Clinician("OKONKWO-REYES", "ADAEZE", npi("177740211"), "207Q00000X", "family"),
        Clinician("LINDQVIST", "PER", npi("163329804"), "207Q00000X", "family"),
        Clinician("BANERJEE", "SUNITA", npi("158803347"), "207Q00000X", "family"),
        Clinician("MARCHETTI", "DARIO", npi("144920176"), "207X00000X", "orthopedics"),
        Clinician("TRAN", "KIM-LY", npi("129954468"), "207X00000X", "orthopedics"),
        Clinician("ABERNATHY", "JOEL", npi("117263390"), "207RC0000X", "cardiology"),
    ),
)
ASHBY = Practice(
    "ASHBYCRK",
    "A",
    "ASHBY CREEK HOSPITAL",
    npi("138812265"),
    "083375194",
    "282N00000X",
    Place("900 ASHBY CREEK ROAD", "LIMA", "OH", "458040001"),
    "4195550117",
    routing_number("99007723"),
    "3300981154",
    (
        Clinician("VASQUEZ-HOLM", "INES", npi("185502913"), "207RC0000X", "cardiology"),
        Clinician("ADEYEMI", "TUNDE", npi("170019945"), "207Q00000X", "family"),
        Clinician("HARGREAVES", "MOIRA", npi("152277680"), "208D00000X", "outpatient"),
    ),
)
PRACTICES = (LARKMOOR, ASHBY)
STREAMS = (
    Stream("LP", LARKMOOR, "P", 0.62),
    Stream("AP", ASHBY, "P", 0.16),
    Stream("AI", ASHBY, "I", 0.22),
)

HARROWGATE = Payer(
    "HG417",
    "HARROWGATE",
    "HARROWGATE HEALTH PLAN",
    "071188342",
    Place("77 MILLRACE PARKWAY", "COLUMBUS", "OH", "432150001"),
    "6145550133",
    "PROVIDERS.HARROWGATE.EXAMPLE",
    routing_number("99010077"),
    "771002938",
    "HM",
    "HM",
    "HGH",
    "HG",
    3,
    "ACH",
    124,
    (7, 13),
)
CALLOWAY = Payer(
    "CM902",
    "CALLOWAY",
    "CALLOWAY MUTUAL BENEFIT",
    "089920417",
    Place("1 CALLOWAY SQUARE", "CINCINNATI", "OH", "452020001"),
    "5135550168",
    "CALLOWAYMUTUAL.EXAMPLE/PROVIDERS",
    routing_number("99020031"),
    "508817346",
    "CI",
    "12",
    "CMB",
    "CY",
    4,
    "ACH",
    137,
    (16, 32),
)
PINNARD = Payer(
    "PN660",
    "PINNARD",
    "PINNARD NATIONAL INSURANCE",
    "076604428",
    Place("3300 PINNARD PLAZA", "CLEVELAND", "OH", "441140001"),
    "2165550109",
    "CLAIMS.PINNARDNATIONAL.EXAMPLE",
    routing_number("99030085"),
    "220914476",
    "CI",
    "15",
    "PNI",
    "PN",
    2,
    "CHK",
    112,
    (30, 58),
)
MEDICARE_B = Payer(
    "NB77B",
    "MEDICAREB",
    "MEDICARE PART B NORTHBEND ADMINISTRATORS",
    "080071553",
    Place("PO BOX 5510", "INDIANAPOLIS", "IN", "462060001"),
    "3175550121",
    "NORTHBENDMAC.EXAMPLE/PARTB",
    routing_number("99040058"),
    "100045527",
    "MB",
    "MB",
    "",
    "22",
    0,
    "ACH",
    100,
    (13, 16),
)
MEDICARE_A = MEDICARE_B._replace(
    code="NB77A",
    short="MEDICAREA",
    name="MEDICARE PART A NORTHBEND ADMINISTRATORS",
    website="NORTHBENDMAC.EXAMPLE/PARTA",
    filing="MA",
    claim_filing="MA",
    control_prefix="21",
)
SILVERBIRCH = Payer(
    "SB300",
    "SILVERBIRCH",
    "SILVERBIRCH SUPPLEMENT LIFE",
    "074402919",
    Place("618 BIRCHWALK DRIVE", "OMAHA", "NE", "681020001"),
    "4025550176",
    "SILVERBIRCHLIFE.EXAMPLE",
    routing_number("99050044"),
    "660071822",
    "CI",
    "15",
    "SBL",
    "SB",
    4,
    "ACH",
    100,
    (12, 24),
)
PAYERS = (HARROWGATE, CALLOWAY, PINNARD, MEDICARE_B, MEDICARE_A, SILVERBIRCH)
MEDICARE = (MEDICARE_A, MEDICARE_B)
