"""Units and metrics as people spell them beside a number, with what they measure."""

from __future__ import annotations

import re

_LEARNED = r"(?:(?:learned|learnable|trained|trainable|adjustable|free|network|model)\s)?"
_WEIGHTS = rf"[\s-]?(?:of\s)?{_LEARNED}(?:parameters?|params?|weights?)"
# A unit as it is spelled -> what it measures and by how much it multiplies. The first that matches counts.
_SPELLINGS: tuple[tuple[str, str, float], ...] = (
    (r"×|[xX]|times|folds?", "times", 1),
    (r"%|per\s?cent|percentage[\s-]points?", "share", 1),
    (r"(?i:dB|decibels?)", "decibels", 1),
    (r"ns|nano-?seconds?", "time", 1e-9),
    (r"[µμu]s|micro-?seconds?", "time", 1e-6),
    (r"ms|msecs?|milli-?seconds?", "time", 1e-3),
    (r"s|secs?|seconds?", "time", 1),
    (r"min|minutes?", "time", 60),
    (r"h|hrs?|hours?", "time", 3600),
    (r"days?", "time", 86400),
    (r"weeks?", "time", 604800),
    (r"months?", "time", 2629800),
    (r"years?", "time", 31557600),
    (r"[kK]B|kilobytes?", "bytes", 1e3),
    (r"MB|megabytes?", "bytes", 1e6),
    (r"GB|gigabytes?", "bytes", 1e9),
    (r"TB|terabytes?", "bytes", 1e12),
    (r"KiB|kibibytes?", "bytes", 2**10),
    (r"MiB|mebibytes?", "bytes", 2**20),
    (r"GiB|gibibytes?", "bytes", 2**30),
    (r"bytes?", "bytes", 1),
    (r"[kK](?:bps|bits?/s)", "bits a second", 1e3),
    (r"M(?:bps|bits?/s)", "bits a second", 1e6),
    (r"G(?:bps|bits?/s)", "bits a second", 1e9),
    (r"Mb|Mbits?|megabits?", "bits", 1e6),
    (r"Gb|Gbits?|gigabits?", "bits", 1e9),
    (r"mAh", "charge", 1),
    (r"bpp|bits\sper\spixel", "bits a pixel", 1),
    (r"mW|milliwatts?", "power", 1e-3),
    (r"W|watts?", "power", 1),
    (r"kW|kilowatts?", "power", 1e3),
    (r"mJ|millijoules?", "energy", 1e-3),
    (r"J|joules?", "energy", 1),
    (r"Wh|watt-?\s?hours?", "energy", 3600),
    (r"kWh|kilowatt-?\s?hours?", "energy", 3.6e6),
    (r"(?i:fps)|(?:frames|pictures|images)(?:\s(?:per|a)\ssecond|/s)", "frames", 1),
    (r"GHz", "frequency", 1e9),
    (r"MHz", "frequency", 1e6),
    (r"k?Hz", "frequency", 1),
    (r"(?:MACs?|FLOPs?|FLOPS|[Mm]ultiply-accumulates)", "operations", 1),
    (r"k(?:MACs?|FLOPs?|FLOPS|OPS)", "operations", 1e3),
    (r"M(?:(?i:macs?|flops?)|OPS)|mega(?i:macs?|flops?)", "operations", 1e6),
    (r"G(?:(?i:macs?|flops?)|OPS)|giga(?i:macs?|flops?)", "operations", 1e9),
    (r"T(?:(?i:macs?|flops?)|OPS)|tera(?i:macs?|flops?)", "operations", 1e12),
    (r"P(?i:flops?)|peta(?i:flops?)", "operations", 1e15),
    (r"[Mm]illion\s(?:multipl\w{1,20}|operations|MACs?|FLOPs?)", "operations", 1e6),
    (r"[Bb]illion\s(?:multipl\w{1,20}|operations|MACs?|FLOPs?)", "operations", 1e9),
    (r"[Tt]rillion\s(?:multipl\w{1,20}|operations|MACs?|FLOPs?)", "operations", 1e12),
    (rf"{_LEARNED}(?:parameters|params|weights)", "parameters", 1),
    (rf"(?:[kK]|thousand){_WEIGHTS}", "parameters", 1e3),
    (rf"(?:M|mn|mln|[Mm]illion){_WEIGHTS}", "parameters", 1e6),
    (rf"(?:B|bn|bln|[Bb]illion){_WEIGHTS}", "parameters", 1e9),
    (r"MP|Mpx|[Mm]ega-?pixels?", "pixels", 1e6),
    (r"px", "pixels", 1),
)
# A metric as it is spelled -> what it measures: a unit's kind, or the metric itself where it has no unit.
_METRICS: tuple[tuple[str, str], ...] = (
    (r"PSNR|[Ss]ignal-to-noise\sratio", "decibels"),
    (r"(?:MS-)?SSIM|[Ss]tructural\ssimilarity", "ssim"),
    (r"LPIPS", "lpips"),
    (r"[mM]?IoU|[Aa]ccuracy", "share"),
    (r"[Gg]radient\senergy", "gradient_energy"),
    (r"FID", "fid"),
    (r"KID", "kid"),
    (r"DISTS", "dists"),
    (r"NIQE", "niqe"),
    (r"BRISQUE", "brisque"),
    (r"MUSIQ", "musiq"),
    (r"VMAF", "vmaf"),
    (r"R?MSE|MAE|(?:[Rr]oot[\s-])?[Mm]ean[\s-](?:[Ss]quared?|[Aa]bsolute)[\s-][Ee]rror", "error"),
    (r"mAP", "map"),
    (r"AUC", "auc"),
    (r"F1", "f1"),
    (r"CLIP(?:\s?-?[Ss]core)", "clip"),
    (r"FPS", "frames"),
    (r"[Ss]peed-?\s?ups?", "gain"),
    (r"factors?(?=\sof\s)", "times"),
    (r"[Gg]ains?(?=\s(?:is|was|of|at)\s)", "gain"),
)
POINTS = "points"  # a unit of the vocabulary: so many in a hundred
_GAP = r"[\s\\\u2010-\u2013-]{0,2}"
_ANY_UNIT = "|".join(f"(?P<u{i}>{spelling})" for i, (spelling, _, _) in enumerate(_SPELLINGS))
_ANY_METRIC = "|".join(f"(?P<m{i}>{spelling})" for i, (spelling, _) in enumerate(_METRICS))
_UNIT = re.compile(rf"{_GAP}(?:{_ANY_UNIT})(?!\w)")
_OPEN_UNIT = re.compile(rf"\+?(?P<bracket>\s?[(\[])?{_UNIT.pattern}(?(bracket)[)\]])")  # 200+ FPS, 7.3 (dB)
_UNIT_BEFORE = re.compile(rf"(?<![\w.])(?=[^\s:]{{2}})(?!min)(?:{_ANY_UNIT})\s?:\s?[+−-]?\Z")  # dB: 7.3
_METRIC_AFTER = re.compile(rf"(?:{_GAP}|\s(?:points\s)?(?:in|of)\s(?:mean\s)?)(?:{_ANY_METRIC})(?![\w-])")
_LINKING = (
    "is|was|are|of|at|to|by|from|about|around|above|below|over|under|than|near|nearly|roughly|almost|only|just|some|"
    "approximately|up|down|reache[sd]|rises?|rose|falls?|fell|drops?|dropped|stays|climbs?|climbed|gets?|got|has|had|"
    "as|high|low|equals?|averages?|gain(?:s|ed)?|improve[sd]?|increase[sd]?|decrease[sd]?|values?|score|scores|index|loss|mean"
)
_METRIC_BEFORE = re.compile(
    rf"(?<![\w-])(?=[A-Zafgmrs])(?:{_ANY_METRIC})(?:\s\([^()]{{1,30}}\))?"
    rf"(?:(?:\s[A-Za-z-]{{1,20}}){{0,5}}\s(?:is|was|are|were|equals|reache[sd]|of)(?!\w))?(?:,?\s(?:{_LINKING})(?!\w)){{0,5}}"
    r"[\s,(]{0,2}(?:[:=≈~<>≤≥|]\s?)?[+−-]?\Z"
)
_LONGEST_HEADING = 60  # characters of a heading such as `Time (ms)`, `Size, MB` or `dB`
_UNIT_IN_HEADING = re.compile(rf"(?:.*[(\[,]\s?|.*\sin\s|\A(?=[×%]|\w\w))(?:{_ANY_UNIT})[)\]]?[\s↑↓]*")
_METRIC_IN_HEADING = re.compile(rf"(?:{_ANY_METRIC})(?:\s?\([^()]{{1,30}}\))?[\s↑↓]*")
_COLON_BEFORE = 3  # characters before a number among which the colon of `dB: 7.3` stands: it, a blank, a sign
_LONGEST_BEFORE = 120  # characters between the beginning of a metric and its number
_GOES_ON = re.compile(
    r"(?:\W*(?:\Z|\n)|\s*[^\w\s]|\s(?:on|for|at|with|within|in|and|or|to|by|from|against|versus|vs|than|after|before|"
    r"where|while|which|but|is|are|was|were|that|has|had|means?|remains?|stays?|here|there|instead|already|now|as)\b)"
)
_BETTER = (
    r"(?i:fast|quick|slow|speed|cheap|cost|better|worse|sharp|soft|small|few|less|more|low|light|heav|strong|weak|clos|"
    r"likel|reduc|compress|efficien|accura|throughput|gain|saving|time(?!s)|memory|energy|power|comput|runtime|latenc)\w*"
)
_GAIN_AFTER = re.compile(rf"[\s-]{{1,2}}(?:(?:as|the|a|in|its|much|many)\s){{0,2}}{_BETTER}")
_GAIN_BEFORE = re.compile(
    rf"(?<!\w){_BETTER}(?:[\s-](?:it|them|this|up|down)){{0,2}}\s(?:by|of)(?:\sa\sfactor\sof)?(?:\s\w{{1,10}})?\s\Z"
)
_LONGEST_GAIN = 40  # characters


def in_unit(value: float, unit: str) -> tuple[float, str | None]:
    """Return a value in a unit of the vocabulary as value in the base and what it measures; points are of a hundred."""
    if unit == POINTS:
        return value, "share"
    match = _UNIT.fullmatch(unit)
    if not match:
        return value, None
    measures, factor = _meaning(match)
    return value * factor, measures


def unit_after(text: str, at: int) -> tuple[str, float, int] | None:
    """Return what the unit behind a number at `at` measures, its factor, and where it ends; None if none stands."""
    match = _OPEN_UNIT.match(text, at)
    return (*_meaning(match), match.end()) if match else None


def unit_before(text: str, start: int) -> tuple[str, float] | None:
    """Return what the unit in front of the number at `start` measures and its factor, as in `dB: 7.3`."""
    if ":" not in text[max(0, start - _COLON_BEFORE) : start]:
        return None
    match = _UNIT_BEFORE.search(text, max(0, start - _LONGEST_GAIN), start)
    return _meaning(match) if match else None


def metric_before(text: str, start: int) -> str | None:
    """Return what the metric in front of the number at `start` measures, as in `SSIM of 0.97`; None if none stands."""
    match = _METRIC_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
    return _metric(match) if match else None


def heading(text: str) -> tuple[str, float] | None:
    """Return what the heading of a column or row measures and the factor of its unit; None if it names none."""
    if len(text) > _LONGEST_HEADING:
        return None
    if unit := _UNIT_IN_HEADING.fullmatch(text):
        return _meaning(unit)
    metric = _METRIC_IN_HEADING.fullmatch(text)
    return (_metric(metric), 1) if metric else None


def counts_things(text: str, start: int, end: int) -> bool:
    """Tell whether the number `text[start:end]` counts what stands behind it, as in `the PSNR of 2 networks`."""
    return "." not in text[start:end] and not _GOES_ON.match(text, end)


def metric_after(text: str, at: int) -> tuple[str, int] | None:
    """Return what the metric behind a number at `at` measures, as in `0.97 SSIM`, and where it ends."""
    match = _METRIC_AFTER.match(text, at)
    return (_metric(match), match.end()) if match else None


def is_gain(text: str, start: int, end: int) -> bool:
    """Tell whether the factor `text[start:end]` says how much better something is, as in `4 times faster`."""
    before = _GAIN_BEFORE.search(text, max(0, start - _LONGEST_GAIN), start)
    return before is not None or _GAIN_AFTER.match(text, end) is not None


def _meaning(match: re.Match[str]) -> tuple[str, float]:
    """Return what the unit that matched measures, and its factor."""
    _, measures, factor = _SPELLINGS[int((match.lastgroup or "u0")[1:])]
    return measures, factor


def _metric(match: re.Match[str]) -> str:
    """Return what the metric that matched measures."""
    return _METRICS[int((match.lastgroup or "m0")[1:])][1]
