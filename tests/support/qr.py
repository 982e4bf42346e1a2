"""What a picture of a QR code says (ISO/IEC 18004), checked against an encoder that is not the client's own."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image
from reportlab.graphics.barcode import qrencoder

# Level M, as the client makes them: 15 % of it may be covered.
_LEVEL: Final = qrencoder.QRErrorCorrectLevel.M
_MASKS: Final = range(8)


def modules_of(picture: bytes) -> list[list[bool]]:
    """Row by row, True for dark, of a picture with nothing dark around the code. Raises ValueError."""
    image = Image.open(io.BytesIO(picture)).convert("L").point(lambda level: 255 if level < 128 else 0)
    box = image.getbbox()
    if box is None:
        raise ValueError("there is nothing dark in the picture")
    image = image.crop(box)
    # The finder pattern in the corner begins with seven dark modules.
    corner = next((x for x in range(image.width) if not image.getpixel((x, 0))), image.width)
    side = round(image.width / (corner / 7))
    # A renderer may round half a pixel away on each side.
    if side % 4 != 1 or abs(image.width - image.height) > 2:
        raise ValueError(f"{image.width} by {image.height} pixels with {side} modules are no QR code")
    across, down = image.width / side, image.height / side
    return [
        [bool(image.getpixel((int((x + 0.5) * across), int((y + 0.5) * down)))) for x in range(side)]
        for y in range(side)
    ]


def says(picture: bytes, text: str) -> bool:
    """Whether the code in the picture is one of `text`. Raises ValueError for a picture of none."""
    found = modules_of(picture)
    for mask in _MASKS:
        code = qrencoder.QRCode((len(found) - 17) // 4, _LEVEL)
        code.addData(qrencoder.QR8bitByte(text))
        code.makeImpl(False, mask)
        if [[bool(module) for module in row] for row in code.modules] == found:
            return True
    return False
