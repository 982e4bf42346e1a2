"""What stands at the head and the foot of a printed report."""

from __future__ import annotations

from services.auth.core.png import png_problem, without_extras
from services.common.errors import InvalidField
from services.common.validation import normalise_name
from sipulung.auth.v1.tenant_pb2 import Letterhead


def checked_letterhead(letterhead: Letterhead, path: str = "letterhead.") -> Letterhead:
    """The same, texts normalised and without empty titles, and of the logo only what is printed.

    Fields are within their limits already (`validate`). Raises InvalidField (logo_png).
    """
    # Most programs write more into a picture.
    logo = without_extras(letterhead.logo_png)
    if logo and (problem := png_problem(logo)):
        raise InvalidField(f"{path}logo_png", problem)
    return Letterhead(
        titles=[normalise_name(title) for title in letterhead.titles if title],
        address=normalise_name(letterhead.address),
        logo_png=logo,
        place=normalise_name(letterhead.place),
        signer_title=normalise_name(letterhead.signer_title),
        signer_name=normalise_name(letterhead.signer_name),
        signer_nip=letterhead.signer_nip,
    )
