"""A printing block (mộc bản), 28 × 18 × 2.5 cm: a page of Hán text cut in relief and mirrored, inked, worn."""

import numpy as np

from museum.demonstration import carving, glyphs, ornament
from museum.demonstration.grain import drafted, noise
from museum.demonstration.model import Model
from museum.demonstration.surfaces import Floats, Skin, step, wood
from museum.geometry.mesh import smooth_normals

WIDTH_MM, HEIGHT_MM, DEPTH_MM = 280.0, 180.0, 25.0
DEEP_MM = 2.2
TITLE = "樣本書板"
TEXT = (
    "樣本書板觀物之法先問其真次問其年再問其地有圖有文有尺有衡皆須記其所出未詳者書未詳相異者並存之此板為算法所刻以示後學非舊藏也"
    "山川秀麗民物繁昌前人鑄鼎刻石以傳後世今之守者以光影記其形以文字存其義使遠方之人不出戶而得觀焉石有時而泐金有時而銹惟慎守之則可以久"
    "願山河文物永存"
)
_COLUMNS, _SIGNS = 12, 11
_PAGE = (124.0, 78.0)  # half width and half height of the frame around the text
_FOLD_MM = 8.0


def build(*, detail: float = 1.0, epoch: str = "") -> Model:
    """The block seen from its cut face; `epoch` has no effect."""
    del epoch
    step_mm = 0.30 / np.sqrt(detail)
    body = carving.block(WIDTH_MM, HEIGHT_MM, DEPTH_MM, step_mm=step_mm, side_step_mm=step_mm * 6)
    points = body.front_points
    x, y = points[..., 0], points[..., 1] - HEIGHT_MM / 2
    raised = drafted(_page(x, y, step_mm), step_mm=step_mm, slope=2.2)
    worn = step(noise(points.reshape(-1, 3), scale_mm=70, seed=31).reshape(x.shape), -0.35, 0.5)
    soft = carving.blur(raised, 0.28 / step_mm)
    relief = DEEP_MM * (soft * (0.84 + 0.16 * worn) - 1)
    gouges = noise(points.reshape(-1, 3), scale_mm=7, seed=32, octaves=2, stretch=(3.5, 1, 1)).reshape(x.shape)
    relief += 0.22 * gouges * (1 - np.clip(soft * 1.6, 0, 1))
    inside = (np.abs(x) < _PAGE[0] + 4) & (np.abs(y) < _PAGE[1] + 4)
    rim = carving.blur(np.where(inside, 0.0, 1.0), 1.2 / step_mm)
    relief = relief * (1 - rim) - 0.5 * rim * step(np.abs(x), 124.0, 140.0)
    block = carving.chipped(body, depth_mm=DEPTH_MM, round_mm=2.4, chip_mm=9, scale_mm=34, seed=33)
    vertices = block.raised(relief)
    vertices[:, 2] += 0.9 * np.sin((vertices[:, 0] + 20) / 90) + 0.4 * (vertices[:, 1] / 90 - 1) ** 2
    normals = smooth_normals(vertices, body.faces)
    vertices = (
        vertices + 0.10 * normals * noise(vertices, scale_mm=2.2, seed=34, octaves=2, stretch=(14, 1, 1))[:, None]
    )
    skin = wood(vertices, low=(92, 60, 36), high=(138, 96, 58), seed=35)
    _inked(skin, body, soft, rim, relief, step_mm)
    return skin.model(body.faces, name="wood")


def _page(x: Floats, y: Floats, step_mm: float) -> Floats:
    """(rows, columns) 0..1 height: text, frame, column rules, the fold with its fish tails; mirrored left to right."""
    half_w, half_h = _PAGE
    across, up = -x, y  # written in the mirror
    frame = np.maximum(
        ornament.band(np.maximum(np.abs(x) - half_w, np.abs(y) - half_h), low=-2.6, high=0, soft=0.5),
        ornament.band(np.maximum(np.abs(x) - half_w, np.abs(y) - half_h), low=-4.6, high=-3.7, soft=0.5),
    )
    inner = (np.abs(y) < half_h - 4) & (np.abs(x) < half_w - 4)
    lines = _COLUMNS // 2
    columns = [TEXT[at : at + _SIGNS] for at in range(0, _COLUMNS * _SIGNS, _SIGNS)]
    width = (half_w - 4.6 - _FOLD_MM) / lines
    text = np.zeros_like(x)
    rules = np.zeros_like(x)
    tall = 2 * (half_h - 7)
    for index, line in enumerate(columns):
        right = half_w - 4.6 - width * index if index < lines else -_FOLD_MM - width * (index - lines)
        field = glyphs.text_field(
            line,
            vertical=True,
            width_px=max(16, round((width - 3.4) / step_mm)),
            height_px=max(64, round(tall / step_mm)),
        )
        text = np.maximum(
            text, carving.sampled(field, (across - right + width - 1.7) / (width - 3.4), (up + half_h - 7) / tall)
        )
        for edge in (right, right - width):
            if abs(edge) < half_w - 6:
                rules = np.maximum(rules, ornament.band(np.abs(across - edge), low=-1, high=0.38, soft=0.35) * inner)
    tail = half_h * 0.44
    notch = np.abs(up) - tail - np.abs(x) * 0.8
    tails = (np.abs(x) < _FOLD_MM - 0.8) & (notch > -7) & (np.abs(up) < tail + 10) & (notch < 4)
    field = glyphs.text_field(
        TITLE, vertical=True, width_px=max(16, round(11 / step_mm)), height_px=round(46 / step_mm)
    )
    text = np.maximum(text, carving.sampled(field, (across + 5.5) / 11, (up + 23) / 46))
    highest: Floats = np.maximum.reduce([frame, rules * 0.96, np.clip(text * 2.6, 0, 1), tails * 0.97])
    return highest


def _inked(skin: Skin, body: carving.Block, soft: Floats, rim: Floats, relief: Floats, step_mm: float) -> None:
    """Ink on the raised faces and soaked into the ground, brown where printing wore it away, greasy handles."""
    front = body.front.ravel()
    top, ground = np.zeros(len(skin.points)), np.zeros(len(skin.points))
    face = soft * (1 - rim)
    top[front] = step(face, 0.35, 0.62).ravel()
    ground[front] = ((1 - rim) * (1 - step(face, 0.2, 0.6))).ravel()
    hollow = np.zeros(len(skin.points))
    hollow[front] = np.clip(carving.blur(relief, 0.8 / step_mm) - relief, -1, 1).ravel()
    edge = np.clip(-hollow * 1.5, 0, 1) * top
    patch = 0.5 + 0.9 * skin.noise(45, 11)
    skin.lay((46, 34, 26), ground * np.clip(0.5 + 0.5 * patch, 0, 0.86), roughness=0.8, light=(20, 18, 20))
    skin.lay((22, 20, 20), top * np.clip(0.80 + 0.3 * patch, 0, 0.95), roughness=0.5, light=(8, 8, 10))
    rubbed = np.clip(0.9 * skin.noise(30, 12) + 0.3 * skin.noise(3, 13) - 0.02, 0, 0.5)
    skin.lay((104, 70, 44), edge * rubbed, roughness=0.5)
    stain = step(skin.noise(80, 14, octaves=5), 0.1, 0.45)
    skin.lay((52, 38, 28), 0.4 * stain)
    hands = step(np.abs(skin.points[:, 0]), 118.0, 140.0)
    skin.lay((66, 42, 26), 0.5 * hands, roughness=0.36, light=(90, 88, 62))
    dust = step(hollow, 0.15, 0.5) * np.clip(0.4 + skin.noise(12, 15), 0, 1)
    skin.lay((120, 104, 84), 0.25 * dust, roughness=0.95)
