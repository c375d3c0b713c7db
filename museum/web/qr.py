"""QR codes (ISO/IEC 18004) of our permanent addresses, drawn to be 15 mm wide on paper, quiet zone included."""

import io

import segno

WIDTH_MM = 15
_QUIET_MODULES = 4  # ISO/IEC 18004 §6.3.8
_PIXELS_A_MODULE = 20
_MM_AN_INCH = 25.4


def svg(address: str) -> bytes:
    """The code as SVG of 15 mm with its white quiet zone, so that a dark page cannot swallow it."""
    code = _code(address)
    modules = code.symbol_size(border=_QUIET_MODULES)[0]
    drawn = io.BytesIO()
    code.save(
        drawn, kind="svg", border=_QUIET_MODULES, light="#fff", dark="#000", xmldecl=False, svgns=True, omitsize=True
    )
    size = f'<svg width="{WIDTH_MM}mm" height="{WIDTH_MM}mm" viewBox="0 0 {modules} {modules}"'
    body = drawn.getvalue().decode()
    start = body.index(">")
    head = body[:start].replace(f' viewBox="0 0 {modules} {modules}"', "").replace("<svg", size, 1)
    return (head + body[start:]).encode()


def png(address: str) -> bytes:
    """The code as black-and-white PNG, 20 pixels a module, with the density that makes it 15 mm wide on paper."""
    code = _code(address)
    width_px = code.symbol_size(scale=_PIXELS_A_MODULE, border=_QUIET_MODULES)[0]
    drawn = io.BytesIO()
    code.save(
        drawn,
        kind="png",
        scale=_PIXELS_A_MODULE,
        border=_QUIET_MODULES,
        dpi=round(width_px / WIDTH_MM * _MM_AN_INCH),
    )
    return drawn.getvalue()


def _code(address: str) -> segno.QRCode:
    """Error correction M at least; segno raises it where the symbol stays the same size."""
    return segno.make_qr(address, error="m")
