"""Patients: invented people with a home, a birth date and their cover.

A patient is made from the seed and a number alone, so that nobody has to be remembered: ask for number 17 twice and
the same person stands there.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

from samples.generator.cast import CALLOWAY, HARROWGATE, MEDICARE_B, PINNARD, Payer, Place, Practice
from samples.generator.identifiers import medicare_id, member_id

LAST = (
    "ABARA ALDERSON AMADI ANDRADE ASLANIAN BAPTISTE BARROW BENITEZ BERGSTROM BIRD BLACKWATER BOATENG "
    "BRANNIGAN BUI CARDENAS CASTELLANO CHAUDHRY CHEN CISNEROS COLEMAN CROWFOOT DANG DELACROIX DESROSIERS "
    "DIALLO DIMITROV DOUGLAS DUARTE EDEVANE EKLUND ESPINOZA FARAH FERNANDES FITZWARREN FOUNTAIN GALLAGHER "
    "GARCIA GEBRE GOLDFARB GRANGER GUPTA HAKIMI HALVORSEN HERNANDEZ HOLLOWAY HUYNH IBARRA ISHIKAWA "
    "IVERSON JABLONSKI JANSEN JEFFERSON JOSEPH KAPOOR KAUFMAN KEALOHA KIPLAGAT KOWALCZYK KUMAR LACROIX "
    "LANGFORD LE LOPEZ LUNDGREN MACALLISTER MALDONADO MBEKI MCBRIDE MEHTA MENDOZA MIRZA MORALES MORIARTY "
    "NAKAMURA NGUYEN NOVAK OBRADOVIC OCHOA OLSEN ORTEGA OYELARAN PAPADAKIS PARK PATEL PETROV PHAM PIERCE "
    "QUINTERO RAMIREZ RASMUSSEN REDHAWK ROSENTHAL RUSSO SALAZAR SANDOVAL SATO SCHNEIDER SHAH SILVA SINGH "
    "SOKOLOV STEINBERG SULLIVAN TADESSE TAKAHASHI TANAKA THIBODEAUX TORRES TRUJILLO UCHE VALDEZ VANCE "
    "VARGAS VELASQUEZ VOLKOV WASHINGTON WHITEFEATHER WOJCIK WONG WORTHINGTON YAMADA YAZZIE YILMAZ "
    "YOUNGBLOOD ZAMORA ZHAO"
).split()
FIRST_F = (
    "AALIYAH ABIGAIL AIKO ALMA AMARA ANJALI ANNA BEATRIZ BRIDGET CAMILA CARMEN CHLOE CLARA DEBORAH DENISE "
    "DOLORES EBONY ELENA ELISE ESTHER FATIMA FLORENCE FRANCES GRACE HANNAH HELEN IMANI INGRID IRIS JANET "
    "JASMINE JOYCE JUANITA JUDITH KAREN KEISHA LATOYA LEILA LINDA LUCIA MAGDALENA MARGARET MARISOL MEI "
    "MIRIAM NADIA NAOMI NGOC NORMA OLGA PATRICIA PRIYA RENEE ROSA RUTH SALMA SHARON SHIRLEY SOFIA SUSAN "
    "TAMIKA TERESA THUY VERONICA VIVIAN YOLANDA ZORA"
).split()
FIRST_M = (
    "AARON ABDUL ADRIAN AHMED ALBERTO ANDRE ANTHONY ARJUN BENJAMIN BERNARD BRANDON CARLOS CEDRIC CHARLES "
    "CLARENCE CURTIS DANIEL DARNELL DAVID DEEPAK DIEGO DMITRI DONALD DWAYNE EDGAR ELIJAH EMEKA ERNEST "
    "FELIX FRANCISCO FRANK GEORGE GERALD GUSTAVO HAROLD HASSAN HECTOR HIROSHI HOWARD IVAN JAMAL JEROME "
    "JORGE KENJI KEVIN KOFI LEONARD LEROY LUIS MARCUS MARVIN MIGUEL MINH MOHAMED NATHAN OMAR OSCAR PAUL "
    "RAFAEL RAHUL RAYMOND ROLAND SAMUEL SEAN SERGEI STANLEY THEO TOMAS VICTOR WALTER WILLIAM XAVIER YUSUF"
).split()
STREETS = (
    "ALDER BIRCHWALK CANAL CHESTNUT DOVECOTE ELMHURST FAIRGROUND GARNET HAWTHORN JUNIPER KESTREL LINDEN MAPLE ORCHARD"
).split()
WAYS = ("AVE", "COURT", "DRIVE", "LANE", "ROAD", "ST", "WAY")
TOWNS = (
    ("DAYTON", "45402"),
    ("KETTERING", "45429"),
    ("BEAVERCREEK", "45430"),
    ("LIMA", "45801"),
    ("SIDNEY", "45365"),
    ("TROY", "45373"),
    ("PIQUA", "45356"),
    ("WAPAKONETA", "45895"),
)
# How the practices' patients are covered: (payer, weight).
COVER = ((HARROWGATE, 27), (CALLOWAY, 24), (PINNARD, 19), (MEDICARE_B, 30))
DEPENDENT_SHARE = 0.16  # of commercially insured patients
SUPPLEMENT_SHARE = 0.58  # of Medicare patients


class Patient(NamedTuple):
    last: str
    first: str
    middle: str
    born: date
    sex: str
    home: Place
    payer: Payer  # for Medicare: Part B; institutional claims go to Part A
    member_id: str
    group_number: str
    subscriber_first: str  # "" when the patient is the subscriber; the last name is the same
    subscriber_born: date
    supplement_id: str  # member id at the Medicare supplement, or ""

    @property
    def is_dependent(self) -> bool:
        return bool(self.subscriber_first)


@lru_cache(maxsize=2048)
def patient(seed: int, practice: Practice, number: int) -> Patient:
    """The practice's patient of that number."""
    random = Random(f"{seed}/{practice.code}/patient/{number}")
    payer = random.choices([one for one, _ in COVER], [weight for _, weight in COVER])[0]
    is_medicare = payer is MEDICARE_B
    sex = random.choice("FM")
    age_years = random.randint(66, 91) if is_medicare else random.randint(19, 64)
    is_dependent = not is_medicare and random.random() < DEPENDENT_SHARE
    if is_dependent:
        age_years = random.randint(2, 25)
    born = date(2026 - age_years, random.randint(1, 12), random.randint(1, 28))
    town, postal_code = random.choice(TOWNS)
    return Patient(
        random.choice(LAST),
        random.choice(FIRST_F if sex == "F" else FIRST_M),
        random.choice("ABCDEFGHJKLMNPRSTW") if random.random() < 0.55 else "",
        born,
        sex,
        Place(f"{random.randint(101, 9899)} {random.choice(STREETS)} {random.choice(WAYS)}", town, "OH", postal_code),
        payer,
        medicare_id(random) if is_medicare else member_id(payer.member_prefix, random),
        "" if is_medicare else f"{payer.control_prefix}G{random.randint(1000, 1060)}",
        random.choice(FIRST_F + FIRST_M) if is_dependent else "",
        born - timedelta(days=random.randint(22, 38) * 365) if is_dependent else born,
        member_id("SBL", random) if is_medicare and random.random() < SUPPLEMENT_SHARE else "",
    )
