"""What the marks and colours of a plot mean."""

from __future__ import annotations

from markupsafe import Markup

from stt_load.html.plot import Plot, Role
from stt_load.samples.escaping import harmless

SAMPLES = {
    "points": "M5 6h0M13 6h0M21 6h0",
    "line": "M1 6H25",
    "steps": "M1 9H13V3H25",
    "area": "M1 11V7L13 2L25 5V11z",
    "bars": "M4 11V3H10V11zM15 11V6H21V11z",
    "band": "M1 0H25V12H1z",
}
"""What each form looks like, in small."""


def legend(plot: Plot) -> Markup:
    """Each name once, with all forms that it is drawn in; none for a series that is alone."""
    entries: dict[tuple[str, Role], list[str]] = {}
    for series in plot.series:
        entries.setdefault((series.name, series.role), []).append(series.form)
    for band in plot.bands:
        if band.role != "stage":
            entries.setdefault((band.name, band.role), []).append("band")
    if len(entries) < 2:
        return Markup("")
    items = Markup("").join(
        Markup('<li><svg class="sample" width="26" height="12" aria-hidden="true">{}</svg>{}</li>').format(
            Markup("").join(
                Markup('<path class="{} role-{}" d="{}"/>').format(form, role, SAMPLES[form])
                for form in dict.fromkeys(forms)
            ),
            harmless(name),
        )
        for (name, role), forms in entries.items()
    )
    return Markup('<ul class="legend">{}</ul>').format(items)
