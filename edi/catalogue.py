"""Every finding this layer can make: code, severity, what it means, what to do.

docs/errors.md is made from this table; a test holds each row to a reproducer. Messages may use `{named}` values.
Sections are kept together by prefix: envelope, text, element, 835, 277, 837, 276, 999.
"""

from __future__ import annotations

from typing import NamedTuple

from edi.findings import Severity

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR


class Entry(NamedTuple):
    severity: Severity
    message: str  # with {named} values
    remedy: str


ENTRIES: dict[str, Entry] = {
    "envelope.ge_control": Entry(
        WARNING,
        "the group ends with control number {value!r}, it began with {expected!r}",
        "The sets are read; ask the sender which file they came from if it happens again.",
    ),
    "envelope.ge_count": Entry(
        WARNING,
        "GE01 says {value} transaction sets, {counted} were found",
        "All that were found are read; ask the sender whether a part is missing.",
    ),
    "envelope.ge_missing": Entry(
        WARNING,
        "the functional group is not closed by a GE",
        "All sets that were found are read; ask the sender whether the file was cut off.",
    ),
    "envelope.iea_control": Entry(
        WARNING,
        "the interchange ends with control number {value!r}, it began with {expected!r}",
        "The sets are read; ask the sender which file they came from if it happens again.",
    ),
    "envelope.iea_count": Entry(
        WARNING,
        "IEA01 says {value} functional groups, {counted} were found",
        "All that were found are read; ask the sender whether a part is missing.",
    ),
    "envelope.iea_missing": Entry(
        WARNING,
        "the interchange is not closed by an IEA",
        "All sets that were found are read; ask the sender whether the file was cut off.",
    ),
    "envelope.isa_damaged": Entry(
        WARNING,
        "the interchange header is damaged; its delimiters were worked out from the segments that follow",
        "The sets are read; check sender and receiver, and ask for the file again if they are wrong.",
    ),
    "envelope.isa_missing": Entry(
        WARNING,
        "the file begins without an interchange header (ISA)",
        "The sets are read with delimiters guessed from the text; sender, receiver and test flag are not known.",
    ),
    "envelope.isa_width": Entry(
        INFO,
        "the interchange header is not of the fixed width that the standard asks for",
        "Nothing to do: it is read by its separators.",
    ),
    "envelope.outside": Entry(
        WARNING,
        "segment {segment_id} stands outside any transaction set",
        "Skipped, with any that follow it; look at the file if money seems to be missing.",
    ),
    "envelope.se_control": Entry(
        ERROR,
        "the transaction set ends with control number {value!r}, it began with {expected!r}",
        "Parts of two sets may have been joined: check the totals, or ask the sender for the file again.",
    ),
    "envelope.se_count": Entry(
        ERROR,
        "SE01 says {value} segments, {counted} were found",
        "Check the totals of this set; if they do not balance, ask the sender for the file again.",
    ),
    "envelope.se_missing": Entry(
        ERROR,
        "the transaction set breaks off without its SE",
        "What was found is read but is not complete: ask the sender for the file again.",
    ),
    "envelope.st_id": Entry(
        ERROR,
        "ST01 says {value!r} where group and version say {set_id}",
        "It is read as {set_id}; ask the sender for the file again before posting from it.",
    ),
    "envelope.st_missing": Entry(
        ERROR,
        "a transaction set begins at {segment_id} without its ST",
        "It is read as {set_id}; ask the sender for the file again before posting from it.",
    ),
    "envelope.st_repeated": Entry(
        INFO,
        "the control number {value!r} was used before in this group",
        "Nothing to do: sets are told apart by their place in the file.",
    ),
    "envelope.terminator": Entry(
        WARNING,
        "the header declares another segment terminator than the one that the segments end in",
        "The file is read with the one in use.",
    ),
    "envelope.unopened": Entry(
        WARNING,
        "{segment_id} closes something that was never opened",
        "Skipped; ask the sender whether the file lost its beginning.",
    ),
    "text.component": Entry(
        WARNING,
        "composites are put together with another separator than the {declared!r} that ISA16 declares",
        "Read with the separator in use.",
    ),
    "text.empty_segment": Entry(
        INFO,
        "an empty segment (two terminators in a row)",
        "Skipped, as any others in this interchange.",
    ),
    "text.last_terminator": Entry(
        INFO,
        "the last segment has no terminator",
        "Read as it stands.",
    ),
    "text.latin1": Entry(
        INFO,
        "the text is not ASCII or UTF-8",
        "Read as Latin-1; check names with accents.",
    ),
    "text.leading": Entry(
        WARNING,
        "{count} bytes stand before the interchange header",
        "Skipped; they are not X12.",
    ),
    "text.long": Entry(
        ERROR,
        "a segment is longer than {limit} bytes",
        "Skipped up to its end; ask the sender for the file again if claims are missing.",
    ),
    "text.lower_case": Entry(
        INFO,
        "segments are written in lower case",
        "Read as if in capitals.",
    ),
    "text.truncated": Entry(
        ERROR,
        "the text ends in the middle of a segment",
        "The cut-off segment is not read: ask the sender for the file again.",
    ),
    "text.wrapped": Entry(
        INFO,
        "lines are wrapped in the middle of segments",
        "Read as if the line ends were not there.",
    ),
    "element.amount": Entry(
        ERROR,
        "{segment_id}{element:02d} should be an amount, found {value!r}",
        "Ask the sender for a corrected file; the claim is kept but not posted unseen.",
    ),
    "element.date": Entry(
        WARNING,
        "{segment_id}{element:02d} should be a date, found {value!r}",
        "Read as if the date were absent; check it on the payer's portal if a deadline hangs on it.",
    ),
    "element.number": Entry(
        WARNING,
        "{segment_id}{element:02d} should be a number, found {value!r}",
        "Read as if the number were absent.",
    ),
    "set.unknown": Entry(
        INFO,
        "transaction set {kind} is not one that this workbench reads",
        "Nothing to do: the file is kept, its other sets are read.",
    ),
    "segment.unexpected": Entry(
        WARNING,
        "segment {segment_id} is not expected here",
        "Skipped; everything around it is read. Tell us if the payer means something by it.",
    ),
    "segment.damaged": Entry(
        ERROR,
        "{segment_id!r} is not a segment id: the text is damaged here",
        "Skipped, and the claim around it is marked damaged: do not post it unseen.",
    ),
    "qualifier.amount": Entry(
        INFO,
        "{segment_id}{element:02d} {value!r} is not a kind of amount that the guide has in {loop}",
        "Kept as sent and added to nothing; ask the payer what it means if it comes again. Told once in a set.",
    ),
    "qualifier.date": Entry(
        INFO,
        "{segment_id}{element:02d} {value!r} is not a kind of date that the guide has in {loop}",
        "Kept as sent, and no deadline is counted from it; ask the payer what it means. Told once in a set.",
    ),
    "qualifier.entity": Entry(
        INFO,
        "{segment_id}{element:02d} {value!r} is not a party that the guide has in {loop}",
        "Kept as sent, as nobody's part in the claim; ask the payer who it is. Told once in a set.",
    ),
    "qualifier.quantity": Entry(
        INFO,
        "{segment_id}{element:02d} {value!r} is not a kind of quantity that the guide has in {loop}",
        "Kept as sent; ask the payer what it counts. Told once in a set.",
    ),
    "qualifier.reference": Entry(
        INFO,
        "{segment_id}{element:02d} {value!r} is not a kind of number that the guide has in {loop}",
        "Kept as sent, and nothing is matched by it; ask the payer what it means. Told once in a set.",
    ),
    "qualifier.remark_list": Entry(
        WARNING,
        "{segment_id}{element:02d} {value!r} is not a list of remark codes that the guide has in {loop}",
        "Kept as sent; it may say why money was withheld: ask the payer which list it is. Told once in a set.",
    ),
    "835.adjustment.group": Entry(
        WARNING,
        "{value!r} is not an adjustment group (CO, PR, OA, PI)",
        "Read as sent; decide by the reason code who bears it.",
    ),
    "835.adjustment.reason": Entry(
        WARNING,
        "{value!r} is not a known adjustment reason (element {place})",
        "Read as sent, and counted as no denial; look the code up or ask the payer.",
    ),
    "835.adjustment.whole_charge": Entry(
        INFO,
        "reason 45 takes the whole charge",
        "By its own rule it cannot: ask the payer for the true reason before writing it off.",
    ),
    "835.balance.claim": Entry(
        ERROR,
        "claim {claim}: charge less adjustments is {expected}, paid is {actual} (difference {difference})",
        "Hold the payment; ask the payer which adjustment is missing. Nothing is plugged.",
    ),
    "835.balance.claim.lines.charge": Entry(
        ERROR,
        "claim {claim}: the claim's charge is {expected}, its lines add up to {actual} (difference {difference})",
        "Hold the payment; ask the payer which line is missing or doubled.",
    ),
    "835.balance.claim.lines.paid": Entry(
        ERROR,
        "claim {claim}: line payments less claim adjustments are {expected}, paid is {actual} "
        "(difference {difference})",
        "Hold the payment; ask the payer which line is missing or doubled.",
    ),
    "835.balance.line": Entry(
        ERROR,
        "claim {claim}: a line's charge less adjustments is {expected}, its payment is {actual} "
        "(difference {difference})",
        "Hold the payment; ask the payer which adjustment of the line is missing.",
    ),
    "835.balance.transaction": Entry(
        ERROR,
        "claim payments less provider adjustments are {expected}, the payment is {actual} (difference {difference})",
        "Hold the whole payment until the payer explains the difference; a supervisor may post it with a reason.",
    ),
    "835.claim.headless": Entry(
        ERROR,
        "{segment_id} belongs to a claim whose CLP is missing",
        "Skipped up to the next claim; ask the payer for the file again.",
    ),
    "835.claim.merged": Entry(
        ERROR,
        "the claim names two patients: the CLP between them is missing",
        "Do not post the claim: ask the payer for the file again.",
    ),
    "277.date.service": Entry(
        WARNING,
        "claim {value!r}: a service on {day}, a day still to come",
        "The day is kept as sent: compare it with the claim as it was sent.",
    ),
    "277.number.npi": Entry(
        INFO,
        "{value!r} is not a provider number (NPI): ten digits with their check digit",
        "Kept as sent; the status is found by the claim's own numbers.",
    ),
    "835.date.payment": Entry(
        WARNING,
        "the payment is dated {day}, more than thirty days ahead",
        "Check the date with the payer before waiting for the deposit.",
    ),
    "835.date.service": Entry(
        WARNING,
        "claim {claim}: a service on {day}, later than {last_day}, when it was paid or read",
        "The day is kept as sent: compare it with the claim, and ask the payer if a deadline hangs on it.",
    ),
    "835.header.negative": Entry(
        ERROR,
        "the payment is negative",
        "A payment may be nil but not negative: ask the payer for a corrected file.",
    ),
    "835.header.payment": Entry(
        ERROR,
        "the payment (BPR) is missing",
        "The claims are read, but what was paid is not known: ask the payer for the file again.",
    ),
    "835.header.trace": Entry(
        ERROR,
        "the trace number (TRN) is missing",
        "The payment cannot be tied to a deposit by number: match it by amount and date.",
    ),
    "835.interest": Entry(
        INFO,
        "interest of the claims (AMT*I) is {claims}, the provider adjustment for it (PLB L6) is {provider}",
        "Post the interest from the provider adjustment; ask the payer if the difference matters.",
    ),
    "835.limit.claim": Entry(
        ERROR,
        "the claim goes on for more than {limit} segments",
        "It is given up as it stands and the rest skipped to the next claim: ask the payer for the file again.",
    ),
    "835.limit.header": Entry(
        ERROR,
        "the header of the payment goes on for more than {limit} segments",
        "The rest of it is skipped: the file is damaged; ask the payer for it again.",
    ),
    "835.number.bank": Entry(
        INFO,
        "BPR{element:02d} is not a bank routing number: nine digits with their check digit",
        "Kept as sent; match the deposit by its trace number and amount.",
    ),
    "835.number.npi": Entry(
        INFO,
        "{value!r} is not a provider number (NPI): ten digits with their check digit",
        "Kept as sent; check the provider by name, and ask the payer to correct its records.",
    ),
    "835.number.tax": Entry(
        INFO,
        "{value!r} is not a tax id: nine digits",
        "Kept as sent; check which practice was paid, and ask the payer to correct its records.",
    ),
    "835.patient_share": Entry(
        WARNING,
        "CLP05 says the patient owes {actual}, the PR adjustments add up to {expected}",
        "The adjustments count; check before billing the patient.",
    ),
    "835.prior_payer": Entry(
        INFO,
        "processed as secondary without saying what the prior payer did (reason 23)",
        "Check the contractual amount against what is still open before posting it.",
    ),
    "835.provider_adjustment.reason": Entry(
        WARNING,
        "{value!r} is not a known reason of a provider adjustment",
        "Its money counts in the payment's balance; ask the payer what it is for before posting it elsewhere.",
    ),
    "835.remark": Entry(
        WARNING,
        "{value!r} in {segment_id}{element:02d} is not a known remark code",
        "Kept as sent; look it up in the newest list or ask the payer: it may say what to do. Told once in a set.",
    ),
    "835.reversal.status": Entry(
        WARNING,
        "the charge is negative but the status is {value!r}, not 22 (reversal)",
        "Look at it by hand; if this payer always does so, turn on `negative_claim_is_reversal` for its connection.",
    ),
    "835.status.4010": Entry(
        INFO,
        "claim status {value!r} belongs to the old 4010 form",
        "Classed by its adjustments.",
    ),
    "835.status.unknown": Entry(
        WARNING,
        "{value!r} is not a claim status",
        "Classed by its adjustments.",
    ),
    "835.version.4010": Entry(
        INFO,
        "the payment is in the old 4010 form",
        "Read where it means the same; ask the payer for 5010.",
    ),
    "837.version.4010": Entry(
        INFO,
        "an 837 of the older version {version}: what means the same today is read",
        "Nothing to do; a claim refiled from it must be written as 005010 by its own system.",
    ),
    "837.segment.unknown": Entry(
        WARNING,
        "segment {segment_id} has no place here in an 837",
        "Kept with the claim as sent, not understood; the guide check says what was expected.",
    ),
    "837.segment.order": Entry(
        INFO,
        "segment {segment_id} comes later than its loop",
        "Read as part of the loop around it and kept where it stood.",
    ),
    "837.hl.parent": Entry(
        WARNING,
        "HL02 {value!r} does not name a level above this one",
        "Read by its kind of level; check the subscriber and the provider of the claims below it.",
    ),
    "837.date.birth": Entry(
        WARNING,
        "the patient was born on {born}, later than {day}, when the claim says that the service was",
        "Compare the birth date with the patient's record: the payer will not find the patient under it.",
    ),
    "837.date.service": Entry(
        WARNING,
        "claim {value!r}: a service on {day}, later than {last_day}, when the batch was made or read",
        "Compare the day with the patient's record; payers refuse claims for services still to come.",
    ),
    "837.number.npi": Entry(
        INFO,
        "{value!r} is not a provider number (NPI): ten digits with their check digit",
        "Correct the provider's number: payers refuse claims that hold a wrong one.",
    ),
    "837.number.tax": Entry(
        INFO,
        "{value!r} is not a tax id: nine digits",
        "Correct the practice's tax id: payers refuse claims that hold a wrong one.",
    ),
    "837.hl.code": Entry(
        WARNING,
        "a level of kind {value!r} cannot stand below another",
        "Read as kind {taken}, as its parent tells; check the parties of the claims below it.",
    ),
    "837.hl.missing": Entry(
        WARNING,
        "a level of kind {level} begins without its HL segment",
        "Read as if the HL were there; check the parties of the claims below it.",
    ),
    "837.level.empty": Entry(
        INFO,
        "the level of kind {level} has no claim beneath it",
        "Nothing to do; it is not written again.",
    ),
    "837.line.unnumbered": Entry(
        WARNING,
        "a service line begins without its LX segment",
        "Read as a line of its own, without a number; check the claim's lines.",
    ),
    "837.claim.headless": Entry(
        ERROR,
        "a claim begins here without its CLM segment",
        "Kept without an account number; find the claim in the sending system.",
    ),
    "837.claim.party": Entry(
        WARNING,
        "claim {number!r} has no {missing}",
        "Kept; it cannot be refiled before the loop is there.",
    ),
    "837.claim.lines": Entry(
        WARNING,
        "claim {number!r} has no service line",
        "Kept; look for a damaged segment just before or after it.",
    ),
    "837.balance.lines": Entry(
        WARNING,
        "CLM02 is {value}, the lines add up to {lines}: {difference} apart",
        "The payer will refuse or correct it; compare with the charges in the sending system.",
    ),
    "837.refile.damaged": Entry(
        ERROR,
        "part of the claim as sent could not be read",
        "Do not send it: take the claim from the sending system again.",
    ),
    "837.refile.version": Entry(
        ERROR,
        "the claim is of version {version}; only 005010 can be sent",
        "Send a new claim from the practice's own system.",
    ),
    "837.refile.party": Entry(
        ERROR,
        "the claim has no {missing}",
        "Load the claim from a whole file before refiling it.",
    ),
    "837.refile.npi": Entry(
        WARNING,
        "the billing provider's number {number!r} is not a valid NPI",
        "Check the ten digits; a payer rejects a claim with a wrong one.",
    ),
    "837.refile.no_lines": Entry(
        ERROR,
        "the claim has no service line",
        "A replacement carries all lines of the claim, not only the changed ones. To take a claim back, void it.",
    ),
    "837.refile.lines": Entry(
        ERROR,
        "{count} lines; the guide allows {most} in one claim",
        "Split the claim.",
    ),
    "837.refile.charge": Entry(
        ERROR,
        "CLM02 is {value}, the lines add up to {lines}",
        "Change a line's charge, so that the total is counted anew.",
    ),
    "837.refile.attachments": Entry(
        ERROR,
        "{count} attachments; the guide allows {most}",
        "Keep the ones that the payer asked for.",
    ),
    "837.refile.note": Entry(
        ERROR,
        "a note of {length} characters; the guide allows {most}",
        "Shorten it, or send an attachment.",
    ),
    "837.refile.line_number": Entry(
        ERROR,
        "the line control number {number!r} stands on two lines",
        "Give each line its own: the payer's answer is matched by it.",
    ),
    "837.refile.no_diagnosis": Entry(
        ERROR,
        "the claim has no diagnosis",
        "Add the principal diagnosis.",
    ),
    "837.refile.character": Entry(
        ERROR,
        "{name}{element:02d} {given!r} holds {character!r}, which separates elements",
        "Write it with other characters.",
    ),
    "837.refile.diagnoses": Entry(
        ERROR,
        "{count} diagnoses; a professional claim takes {most}",
        "Keep those that a line points to.",
    ),
    "837.refile.diagnosis": Entry(
        ERROR,
        "{given!r} does not look like a diagnosis code",
        "Write it without a point, three to seven characters.",
    ),
    "837.refile.negative": Entry(
        ERROR,
        "line {line} charges {charge}",
        "A claim sends positive amounts only; to take charges back, replace or void the claim.",
    ),
    "837.refile.procedure": Entry(
        ERROR,
        "line {line} has no proper procedure code: {given!r}",
        "HCPCS codes have five characters; an institutional line needs a revenue code at least.",
    ),
    "837.refile.modifier": Entry(
        ERROR,
        "line {line} has a modifier {given!r}",
        "Modifiers have two characters.",
    ),
    "837.refile.future": Entry(
        WARNING,
        "line {line} was served on {day}, which is still to come",
        "Correct the date of service.",
    ),
    "837.refile.other_payer": Entry(
        ERROR,
        "line {line} charges {charge}, payer {payer} decided about {decided}",
        "Paid and adjusted by the other payer must add up to the charge: correct one of them.",
    ),
    "837.refile.service_date": Entry(
        ERROR,
        "line {line} has no date of service",
        "Add it.",
    ),
    "837.refile.pointers": Entry(
        ERROR,
        "line {line} must point to one to {most} diagnoses",
        "Set the pointers.",
    ),
    "837.refile.pointer": Entry(
        ERROR,
        "line {line} points to diagnosis {pointer!r}; there are {most}",
        "Point to a diagnosis of this claim.",
    ),
    "837.refile.frequency_code": Entry(
        ERROR,
        "frequency {frequency} is used inside payers only",
        "Send 1, 7 or 8.",
    ),
    "837.refile.original_sent": Entry(
        ERROR,
        "a new claim names an original claim number, {number}",
        "Send it without REF*F8, or as a replacement.",
    ),
    "837.refile.part_b": Entry(
        ERROR,
        "Medicare Part B does not take frequency {frequency}",
        "Ask the contractor for a clerical error reopening (42 CFR 405.980); after a rejection send a new claim.",
    ),
    "837.refile.original_missing": Entry(
        ERROR,
        "frequency {frequency} needs the payer's claim number in REF*F8",
        "Take the newest number from the remittance (CLP07) or the claim status (REF*1K).",
    ),
    "837.refile.original_own": Entry(
        ERROR,
        "REF*F8 {number!r} is our own or the clearinghouse's number",
        "Take the payer's number from the remittance (CLP07) or the claim status (REF*1K).",
    ),
    "837.refile.other_patient": Entry(
        ERROR,
        "a replacement or void cannot change the patient",
        "Void the claim, then send a new one for the right patient.",
    ),
    "837.refile.other_billing": Entry(
        ERROR,
        "a replacement or void cannot change the billing provider",
        "Void the claim, then send a new one for the right provider.",
    ),
    "837.refile.other_payer_id": Entry(
        ERROR,
        "a replacement or void cannot go to another payer",
        "Void the claim with the payer that has it, then send a new one to the right payer.",
    ),
    "837.refile.unchanged": Entry(
        ERROR,
        "the replacement says the same as the claim it replaces",
        "The payer will deny it as a duplicate: change what was wrong, or appeal.",
    ),
    "837.refile.void_changed": Entry(
        ERROR,
        "a void takes back the claim as sent, but {where}: {field} was changed",
        "Void without edits, then send a new claim.",
    ),
    "837.refile.condition_code": Entry(
        ERROR,
        "Medicare Part A wants one condition code D0 to D9 or E0 on a claim that comes again; there are {count}",
        "Choose the one that tells why (HI*BG).",
    ),
    "837.refile.condition_code_void": Entry(
        ERROR,
        "condition code {given} does not go with frequency {frequency}",
        "D5 and D6 go with a void (8), the others with a replacement (7).",
    ),
    "837.refile.not_accepted": Entry(
        ERROR,
        "this payer does not take frequency {frequency}",
        "Use the way that the payer's terms give for corrections.",
    ),
    "837.refile.not_decided": Entry(
        ERROR,
        "the payer has not decided the original claim yet",
        "Wait for its decision: a replacement is refused until then (RARC N779).",
    ),
    "837.refile.late": Entry(
        ERROR,
        "the last day for a corrected claim was {last_day}",
        "Send it only with a delay reason that the payer accepts, or appeal.",
    ),
    "837.refile.open_work": Entry(
        ERROR,
        "another step is open on this claim: {work}",
        "Do not refile and appeal the same issue at once: close one of them first.",
    ),
    "837.secondary.damaged": Entry(
        ERROR,
        "part of the claim as sent could not be read",
        "Do not send it: take the claim from the sending system again.",
    ),
    "837.secondary.other_claim": Entry(
        ERROR,
        "the decision is about account {number!r}, the claim is {value!r}",
        "Choose the remittance of this claim.",
    ),
    "837.secondary.reversed": Entry(
        ERROR,
        "the decision is a reversal",
        "Use the correction that comes with it or after it.",
    ),
    "837.secondary.forwarded": Entry(
        WARNING,
        "the payer has forwarded the claim itself (CLP02 {status})",
        "Wait for the next payer's answer; a second copy is denied as a duplicate.",
    ),
    "837.secondary.payer_id": Entry(
        ERROR,
        "the payer before has no id",
        "Give the id that the next payer knows it by; it stands in 2330B and at each line.",
    ),
    "837.secondary.balance": Entry(
        ERROR,
        "charge {charge} is not paid {paid} and adjusted {adjusted}: {difference} apart",
        "Take the remittance of the charge that was sent; the next payer rejects a claim that does not add up.",
    ),
    "837.secondary.stray_line": Entry(
        ERROR,
        "the payer decided about {procedure} for {charge}, which no line of the claim charges",
        "Send the claim to the next payer as the first payer decided it: correct its lines first.",
    ),
    "837.secondary.line_missing": Entry(
        ERROR,
        "the payer decided nothing about line {line}",
        "Wait for the rest of its decision, or take the line out.",
    ),
    "837.secondary.line_balance": Entry(
        ERROR,
        "line {line}: charge {charge} is not paid {paid} and adjusted {adjusted}",
        "Take the remittance of the charge that was sent; the next payer rejects a line that does not add up.",
    ),
    "837.limit": Entry(
        ERROR,
        "more than {limit} segments in one claim, level or header: the rest is not kept",
        "This is not a claim that a payer would take; look at the file.",
    ),
    "hl.level": Entry(
        WARNING,
        "this level calls itself {level!r}, read as level {taken}",
        "Check the parties of the claims below it.",
    ),
    "hl.parent": Entry(
        WARNING,
        "HL02 {parent!r} does not name a level above this one; read as below level {taken}",
        "Check the provider and the payer of the claims below it.",
    ),
    "hl.skipped": Entry(
        WARNING,
        "HL02 {parent!r} puts this level beside level {missing}, not below it",
        "Read as sent: the claims below it have no party of that level; look whether HL02 is damaged.",
    ),
    "hl.missing": Entry(
        WARNING,
        "a level {taken} begins here without its HL segment",
        "Read as if the HL were there; check the parties of the claims below it.",
    ),
    "277.version": Entry(
        INFO,
        "version {version} is older than 5010: read as far as it means the same",
        "Nothing to do; compare a first file with the payer's portal.",
    ),
    "277.kind": Entry(
        INFO,
        "BHT says this is a {kind}, the version {version!r} does not",
        "Read as the {kind}; ask the sender to correct the version in GS08 and ST03.",
    ),
    "277.trace": Entry(
        ERROR,
        "a claim begins here without its TRN segment",
        "Kept without the number that ties it to our claim: match it by the payer's claim number, name and dates.",
    ),
    "277.status": Entry(
        WARNING,
        "claim {trace!r} has no STC segment: no status is given",
        "Kept without a status; look at the payer's portal.",
    ),
    "277.repeated": Entry(
        WARNING,
        "a second, different {segment_id} {value!r} in one claim",
        "The first is used. The second may belong to another claim whose TRN is damaged: compare with the batch.",
    ),
    "277.category": Entry(
        WARNING,
        "{category!r} is not a claim status category",
        "Kept as sent; a person has to read it.",
    ),
    "277.action": Entry(
        WARNING,
        "STC03 should be WQ (accepted) or U (rejected), found {value!r}",
        "Neither accepted nor rejected by it; see the payer's portal.",
    ),
    "277.action.category": Entry(
        WARNING,
        "the action {value!r} and the category {category!r} say opposite things",
        "The action decides, and the claim does not count as accepted: a person has to look.",
    ),
    "277.totals": Entry(
        WARNING,
        "the {level} says {said} {which}, the claims listed below it come to {listed}",
        "Compare with the batch that was sent: a claim may be missing here, or damaged.",
    ),
    "277.totals.unlisted": Entry(
        INFO,
        "the {level} says {said} accepted but lists none of them",
        "This payer lists only rejected claims; the others count as accepted only if its profile says so.",
    ),
    "276.version": Entry(
        INFO,
        "version {version} is older than 5010: read as far as it means the same",
        "Nothing to do.",
    ),
    "276.trace": Entry(
        ERROR,
        "an inquiry begins here without its TRN segment",
        "Kept without a trace: an answer to it cannot be matched by number.",
    ),
    "999.group": Entry(
        ERROR,
        "{segment_id} stands here without the AK1 segment that says which group it answers",
        "Kept without a group: find the file that it answers by its date and set numbers.",
    ),
    "999.set": Entry(
        ERROR,
        "{segment_id} stands here without the AK2 segment that says which set it is about",
        "Kept as about an unnamed set: compare with the sets that were sent.",
    ),
    "999.place": Entry(
        WARNING,
        "{segment_id}{element:02d} should say where the error is, found {value!r}",
        "Read as place 0; look for the error by its segment and value.",
    ),
    "999.result": Entry(
        WARNING,
        "{segment_id}01 should say accepted or rejected, found {value!r}",
        "Taken as neither: ask the receiver before counting the file as accepted.",
    ),
    "999.unfinished": Entry(
        ERROR,
        "the answer about set {value!r} has no result",
        "Taken as neither accepted nor rejected: ask the receiver for the acknowledgment again.",
    ),
    "999.unfinished.group": Entry(
        ERROR,
        "the answer about group {value!r} has no AK9 with its result",
        "Taken as neither accepted nor rejected: ask the receiver for the acknowledgment again.",
    ),
    "999.count": Entry(
        WARNING,
        "AK904 says {value} sets accepted, the answers come to {listed}",
        "Each set's own answer is used; a rejection may be missing.",
    ),
    "999.unnamed": Entry(
        WARNING,
        "AK9 accepts the group, names none of its sets, and counts {value} of them as accepted, which is not all",
        "Taken as neither accepted nor rejected: ask the receiver which sets it took.",
    ),
    "999.limit": Entry(
        WARNING,
        "more than {limit} errors about one set: the rest is not kept",
        "Nothing to do: the set is rejected as a whole, correct what is listed and send it again.",
    ),
    "guide.no_map": Entry(
        INFO,
        "there is no map to check {told} against",
        "Not checked against its guide; it is read all the same.",
    ),
    "guide.near_map": Entry(
        INFO,
        "checked against {told}, the nearest map to this version",
        "An element that only the other version has may be told here as wrong.",
    ),
    "guide.engine": Entry(
        WARNING,
        "the guide check could not judge this segment ({told})",
        "Compare it with the guide by eye; the rest of the file is checked.",
    ),
    "guide.limit": Entry(
        INFO,
        "more than {limit} differences from the guide: the rest is not told",
        "Look whether the file is of another guide than its version says.",
    ),
    "guide.count": Entry(
        ERROR,
        "{segment_id}01 should count {told} here, found {value!r}",
        "Number the levels of a set, and the lines of a claim, from 1 without gaps.",
    ),
    "guide.segment.unknown": Entry(
        ERROR,
        "{told}",
        "The guide has no such segment at this place: remove it, or look for a damaged one before it.",
    ),
    "guide.segment.missing": Entry(
        ERROR,
        "{told}",
        "The guide requires it before this segment: add it, or look for a damaged one.",
    ),
    "guide.segment.loop": Entry(
        ERROR,
        "{told}",
        "The guide allows this loop fewer times: split the claim or the batch.",
    ),
    "guide.segment.many": Entry(
        ERROR,
        "{told}",
        "The guide allows this segment fewer times: send the most important ones.",
    ),
    "guide.element.missing": Entry(
        ERROR,
        "{told}",
        "Fill it in: the guide requires it.",
    ),
    "guide.element.conditional": Entry(
        ERROR,
        "{told}",
        "The guide requires these elements together, or one of them: complete them.",
    ),
    "guide.element.many": Entry(
        ERROR,
        "{told}",
        "Remove what stands behind the last element of the guide; look for a delimiter inside a value.",
    ),
    "guide.element.short": Entry(
        ERROR,
        "{told}",
        "Send the whole value, with leading zeros where it has them.",
    ),
    "guide.element.long": Entry(
        ERROR,
        "{told}",
        "Shorten the value to what the guide allows.",
    ),
    "guide.element.character": Entry(
        WARNING,
        "{told}",
        "Send it in plain characters and without blanks at its end.",
    ),
    "guide.element.code": Entry(
        ERROR,
        "{told}",
        "Send a code that the guide allows here.",
    ),
    "guide.element.date": Entry(
        ERROR,
        "{told}",
        "Send a real date in the form that its qualifier says.",
    ),
    "guide.element.time": Entry(
        ERROR,
        "{told}",
        "Send a real time as HHMM or longer.",
    ),
    "guide.element.exclusion": Entry(
        ERROR,
        "{told}",
        "The guide allows only one of these elements: leave one out.",
    ),
    "guide.element.unused": Entry(
        WARNING,
        "{told}",
        "The guide does not use this element: leave it empty.",
    ),
}
