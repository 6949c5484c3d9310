"""Whether a limit can still be met: counted while the run goes on, and nothing estimated."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence

from stt_load.samples.rounding import DECIMALS
from stt_load.samples.sample import ErrorKind, Sample
from stt_load.slo.model import NO_SUMS, Arithmetic, Each, Field, Limit, Number, Slo, Value
from stt_load.stats.quantiles import rank


def _since(sent_s: float | None, until_s: float | None) -> float:
    return math.nan if sent_s is None or until_s is None else until_s - sent_s


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _service_s(sample: Sample) -> float:
    return _since(sample.sent_s, sample.done_s)


VALUES: Mapping[str, Callable[[Sample], float]] = {
    "response_time_s": lambda sample: sample.done_s - sample.start_s,
    "service_time_s": _service_s,
    "rtf": lambda sample: _service_s(sample) / sample.audio_s if sample.audio_s else math.nan,
    "ttft_s": lambda sample: _since(sample.sent_s, sample.first_text_s),
    "connect_s": lambda sample: _or_nan(sample.connect_s),
    "processing_time_s": lambda sample: _or_nan(sample.processing_s),
    "outside_time_s": lambda sample: _service_s(sample) - _or_nan(sample.processing_s),
    "audio_s": lambda sample: sample.audio_s,
}
"""What is known of a request as soon as it is done, as `stats/row_values.py` names it; NaN where there is none."""
_NEXT_TO_NOTHING = 1e-12
SCORED = frozenset({"wer", "cer"})
"""Fields that are known when the run is over: until then nothing is lost by them."""

_COUNTED: Mapping[str, Callable[[Sample], bool]] = {
    "error_rate": lambda sample: sample.failed,
    "shed_rate": lambda sample: sample.error_kind is ErrorKind.SHED,
    "requests.failed": lambda sample: sample.failed,
    "empty_texts": lambda sample: sample.ok and sample.text_length == 0,
    "dropped": lambda sample: sample.error_kind is ErrorKind.DROPPED,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right if right else math.nan,
}
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Counted:
    """One limit, and how much of what it allows is used up.

    planned: how many measured requests there are to be at most, None where nobody knows. each: what makes a request
    good. Whatever comes of the rest, the run ends with no less of what is counted here: requests that fail, that take
    too long, that aren't good, seconds taken.
    """

    def __init__(self, limit: Limit, planned: int | None, each: Each | None) -> None:
        self.limit = limit
        self._planned = planned
        self._each = each
        self._used = 0.0

    def take_in(self, sample: Sample) -> bool:
        """Counts one more measured request. Whether the limit can't be met any more."""
        self._used += self._weight(sample)
        return self._used > 0 and self._is_lost()

    def _weight(self, sample: Sample) -> float:
        path, limit = self.limit.term.path, self.limit
        if limit.function is None:
            if path == "goodput_ratio" and self._each is not None:
                return float(sample.failed or (sample.ok and not is_good(sample, self._each)))
            return float(path in _COUNTED and _COUNTED[path](sample))
        if limit.term.population != "ok":
            return 0.0
        value = VALUES[path](sample)
        if limit.p is None:
            return value if sample.ok and path not in NO_SUMS and not math.isnan(value) else 0.0
        if not sample.ok and limit.of_ok:
            return 0.0
        return float(sample.failed or (not math.isnan(value) and not limit.holds(round(value, DECIMALS))))

    def _is_lost(self) -> bool:
        limit, used, planned = self.limit, self._used, self._planned
        if limit.p is not None:
            return limit.p == 1 or (planned is not None and planned - used < rank(planned, limit.p))
        if limit.term.unit == "count":
            return self._fails(used)
        # Without a number there may be so many more that what was counted comes to next to nothing.
        share = used / planned if planned else _NEXT_TO_NOTHING
        best = 1 - share if limit.term.better == "higher" else share
        return self._fails(round(best, DECIMALS) if planned else best)

    def _fails(self, best: float) -> bool:
        """Whether the figure is on the wrong side, were all that comes as good as can be."""
        if self.limit.operator != "==":
            return not self.limit.holds(best)
        return best < self.limit.value if self.limit.term.better == "higher" else best > self.limit.value


class Lost:
    """The limits that end a run as soon as they can't be met any more."""

    def __init__(self, slos: Sequence[Slo], planned: int | None) -> None:
        each = next((one for one in slos if isinstance(one, Each)), None)
        self._counted = [Counted(one, planned, each) for one in slos if isinstance(one, Limit) and one.abort]

    def __bool__(self) -> bool:
        return bool(self._counted)

    def take_in(self, sample: Sample) -> Limit | None:
        """One more measured request. The first limit that is lost by now, None as long as all can be met."""
        lost = [one.limit for one in self._counted if one.take_in(sample)]
        return lost[0] if lost else None


def is_good(sample: Sample, each: Each) -> bool:
    """Whether an ok request is a good one, as far as is known before its answer has been scored."""
    for one in each.conditions:
        left, right = _value(one.left, sample), _value(one.right, sample)
        if left is not None and right is not None and not _COMPARED[one.operator](left, right):
            return False
    return True


def _value(value: Value, sample: Sample) -> float | None:
    """NaN where the request has none of it; None where that is not known yet."""
    match value:
        case Number(number):
            return number
        case Field(name):
            return None if name in SCORED else VALUES[name](sample)
        case Arithmetic(sign, left, right):
            first, second = _value(left, sample), _value(right, sample)
            return None if first is None or second is None else _ARITHMETIC[sign](first, second)
