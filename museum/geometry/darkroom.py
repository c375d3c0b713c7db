"""Photographs of any size from light baked on vertices, compiled: bands of rows, so that memory stays small."""

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from museum.geometry import color, noise
from museum.geometry.shading import FLOOR_REACH, _backdrop, _floor_light, _mirror, _tone
from museum.geometry.skin import AMBIENT, COLOR, KEY, LEAN, METAL, NORMAL, ROUGH, SKY

VISIBLE, ULTRAVIOLET = 0, 1
_SPECKS = 65_521
_TONES = 4096


def film() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What `develop` writes bytes with: specks that hide the bands of dark gradients, and sRGB's tones 0..255 by even
    steps of light, one more than can be asked for.

    Specks are read in rows: looked up here and there they cost a cache miss for every pixel.
    """
    light = np.minimum(np.arange(_TONES + 1) / (_TONES - 1), 1.0)
    specks = (np.random.default_rng(7).random(_SPECKS) - 0.5).astype(np.float32) * np.float32(0.9)
    return specks, (color.to_srgb(light) * 255).astype(np.float32)


@njit(cache=True, error_model="numpy")
def bands_of(points, faces, rows, count):  # type: ignore[no-untyped-def]  # numba infers
    """(order, starts): the faces that touch each of `count` bands of `rows` screen rows, one band after the other."""
    starts = np.zeros(count + 1, np.int64)
    top, bottom = np.empty(len(faces), np.int32), np.empty(len(faces), np.int32)
    for f in range(len(faces)):
        y0, y1, y2 = points[faces[f, 0], 1], points[faces[f, 1], 1], points[faces[f, 2], 1]
        first = max(0, math.floor(min(y0, y1, y2) / rows))
        last = min(count - 1, math.floor(max(y0, y1, y2) / rows))
        if points[faces[f, 0], 2] <= 0 or points[faces[f, 1], 2] <= 0 or points[faces[f, 2], 2] <= 0:
            last = first - 1
        top[f], bottom[f] = first, last
        for band in range(first, last + 1):
            starts[band + 1] += 1
    for band in range(count):
        starts[band + 1] += starts[band]
    order = np.empty(starts[count], np.int32)
    at = starts[:count].copy()
    for f in range(len(faces)):
        for band in range(top[f], bottom[f] + 1):
            order[at[band]] = f
            at[band] += 1
    return order, starts


@njit(cache=True, fastmath=True, error_model="numpy")
def _fill(points, faces, order, low_y, depth, ids):  # type: ignore[no-untyped-def]  # numba infers
    """Like `raster._draw` for some faces into a band that begins at row `low_y`."""
    height, width = depth.shape
    for at in range(len(order)):
        f = order[at]
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        x0, x1, x2 = points[i, 0], points[j, 0], points[k, 0]
        y0, y1, y2 = points[i, 1] - low_y, points[j, 1] - low_y, points[k, 1] - low_y
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0:
            continue
        first, last = max(0, math.ceil(min(y0, y1, y2) - 0.5)), min(height - 1, int(max(y0, y1, y2) - 0.5))
        left, right = max(0, math.ceil(min(x0, x1, x2) - 0.5)), min(width - 1, int(max(x0, x1, x2) - 0.5))
        inverse = 1.0 / area
        w0, w1, w2 = points[i, 2], points[j, 2], points[k, 2]
        step1, step2 = (y2 - y0) * inverse, (y0 - y1) * inverse
        for y in range(first, last + 1):
            py = y + 0.5 - y0
            px = left + 0.5 - x0
            b1 = (px * (y2 - y0) - (x2 - x0) * py) * inverse
            b2 = ((x1 - x0) * py - px * (y1 - y0)) * inverse
            for x in range(left, right + 1):
                if b1 >= -1e-5 and b2 >= -1e-5 and b1 + b2 <= 1.00001:
                    w = w0 + b1 * (w1 - w0) + b2 * (w2 - w0)
                    if w > depth[y, x]:
                        depth[y, x] = w
                        ids[y, x] = f
                b1 += step1
                b2 += step2


@njit(cache=True, fastmath=True, error_model="numpy")
def _lit(body, lamps, grain, mode, screen, f, x, y, ex, ey, ez, pixel, seed):  # type: ignore[no-untyped-def]  # numba
    """Linear r, g, b that face `f` sends through screen place x, y to the eye; `pixel` a pixel's size at depth 1."""
    points, faces, skin = body
    boxes, key, spread = lamps
    i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
    x0, y0 = screen[i, 0], screen[i, 1]
    ax, ay, bx, by = screen[j, 0] - x0, screen[j, 1] - y0, screen[k, 0] - x0, screen[k, 1] - y0
    area = ax * by - bx * ay
    b1 = b2 = 0.0
    if area != 0:
        b1 = min(1.0, max(0.0, ((x - x0) * by - bx * (y - y0)) / area))
        b2 = min(1.0 - b1, max(0.0, (ax * (y - y0) - (x - x0) * ay) / area))
    a0, a1, a2 = (1 - b1 - b2) * screen[i, 2], b1 * screen[j, 2], b2 * screen[k, 2]
    whole = a0 + a1 + a2
    b0, b1, b2 = a0 / whole, a1 / whole, a2 / whole
    pixel = pixel / whole
    p, q, r = skin[i], skin[j], skin[k]
    px = points[i, 0] * b0 + points[j, 0] * b1 + points[k, 0] * b2
    py = points[i, 1] * b0 + points[j, 1] * b1 + points[k, 1] * b2
    pz = points[i, 2] * b0 + points[j, 2] * b1 + points[k, 2] * b2
    nx = p[NORMAL] * b0 + q[NORMAL] * b1 + r[NORMAL] * b2
    ny = p[NORMAL + 1] * b0 + q[NORMAL + 1] * b1 + r[NORMAL + 1] * b2
    nz = p[NORMAL + 2] * b0 + q[NORMAL + 2] * b1 + r[NORMAL + 2] * b2
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-20
    nx, ny, nz = nx / length, ny / length, nz / length
    sx, sy, sz = ex - px, ey - py, ez - pz
    length = math.sqrt(sx * sx + sy * sy + sz * sz)
    sx, sy, sz = sx / length, sy / length, sz / length
    red = p[COLOR] * b0 + q[COLOR] * b1 + r[COLOR] * b2
    green = p[COLOR + 1] * b0 + q[COLOR + 1] * b1 + r[COLOR + 1] * b2
    blue = p[COLOR + 2] * b0 + q[COLOR + 2] * b1 + r[COLOR + 2] * b2
    rough = p[ROUGH] * b0 + q[ROUGH] * b1 + r[ROUGH] * b2
    metal = p[METAL] * b0 + q[METAL] * b1 + r[METAL] * b2
    lit = p[KEY] * b0 + q[KEY] * b1 + r[KEY] * b2
    sky = p[SKY] * b0 + q[SKY] * b1 + r[SKY] * b2
    er = p[AMBIENT] * b0 + q[AMBIENT] * b1 + r[AMBIENT] * b2
    eg = p[AMBIENT + 1] * b0 + q[AMBIENT + 1] * b1 + r[AMBIENT + 1] * b2
    eb = p[AMBIENT + 2] * b0 + q[AMBIENT + 2] * b1 + r[AMBIENT + 2] * b2
    if grain[0] + grain[1] > 0:
        tone, gx, gy, gz = noise.grain(px, py, pz, grain[2], pixel, seed)
        # A polished skin has less grain than a rough one.
        steep = grain[0] * rough * rough
        along = gx * nx + gy * ny + gz * nz
        gx, gy, gz = (gx - along * nx) * steep, (gy - along * ny) * steep, (gz - along * nz) * steep
        lean = (
            gx * (p[LEAN] * b0 + q[LEAN] * b1 + r[LEAN] * b2)
            + gy * (p[LEAN + 1] * b0 + q[LEAN + 1] * b1 + r[LEAN + 1] * b2)
            + gz * (p[LEAN + 2] * b0 + q[LEAN + 2] * b1 + r[LEAN + 2] * b2)
        )
        change = max(0.3, 1 - lean / max(0.05, (er + eg + eb) / 3))
        er, eg, eb = er * change, eg * change, eb * change
        nx, ny, nz = nx - gx, ny - gy, nz - gz
        length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-20
        nx, ny, nz = nx / length, ny / length, nz / length
        shade = 1 + grain[1] * tone
        red, green, blue = red * shade, green * shade, blue * shade
        rough = rough * (1 + 0.22 * tone)
    if mode == ULTRAVIOLET:
        open_air = 0.3 + 0.7 * sky
        dim = metal * (er + eg + eb) / 3  # the surface's lightness stands where metalness does
        return red * open_air + 0.075 * dim, green * open_air + 0.035 * dim, blue * open_air + 0.26 * dim
    rough = min(1.0, max(0.08, rough))
    facing = nx * key[0] + ny * key[1] + nz * key[2]
    if facing < spread:
        facing = 0.0 if facing < -spread else (facing + spread) ** 2 / (4 * spread)
    facing *= lit
    back = (0.055 + 0.11 * (0.5 - 0.5 * ny)) * (0.35 + 0.65 * sky) * key[6]
    er, eg, eb = er + facing * key[3] + back * 1.08, eg + facing * key[4] + back, eb + facing * key[5] + back * 0.9
    facing = max(0.02, nx * sx + ny * sy + nz * sz)
    rx, ry, rz = 2 * facing * nx - sx, 2 * facing * ny - sy, 2 * facing * nz - sz
    mr, mg, mb = _mirror(boxes, rx, ry, rz, rough, lit, sky * key[6])
    # Split-sum reflectance (B. Karis, Physically Based Shading on Mobile, 2014).
    c0, c1, c2, c3 = 1 - rough, 0.0425 - 0.0275 * rough, 1.04 - 0.572 * rough, 0.022 * rough - 0.04
    a = min(c0 * c0, 2.0 ** (-9.28 * facing)) * c0 + c1
    scale, bias = -1.04 * a + c2, max(0.0, 1.04 * a + c3)
    plain = 1 - metal
    return (
        red * plain * er * 0.96 + mr * ((0.04 * plain + red * metal) * scale + bias),
        green * plain * eg * 0.96 + mg * ((0.04 * plain + green * metal) * scale + bias),
        blue * plain * eb * 0.96 + mb * ((0.04 * plain + blue * metal) * scale + bias),
    )


@njit(cache=True, fastmath=True, error_model="numpy")
def _floor_at(scene, mirror, x, y, row, column):  # type: ignore[no-untyped-def]  # numba infers
    """Linear r, g, b of the stage behind screen place x, y: backdrop, floor, the object's image in the lacquer."""
    body, lamps, grain, mode, camera, frame, floor, floor_map, glow, edge, exposure, seed = scene
    eye, axes, focal, centre_x, centre_y = camera
    r, g, b = _backdrop((x - frame[0]) / frame[2], (y - frame[1]) / frame[3], glow, edge)
    right, up = (x - centre_x) / focal, (centre_y - y) / focal
    dy = axes[2, 1] + axes[0, 1] * right + axes[1, 1] * up
    if floor[1] < 0 or dy >= -1e-4:
        return r, g, b
    dx = axes[2, 0] + axes[0, 0] * right + axes[1, 0] * up
    dz = axes[2, 2] + axes[0, 2] * right + axes[1, 2] * up
    t = -eye[1] / dy
    gx, gz = eye[0] + dx * t, eye[2] + dz * t
    far = math.sqrt(gx * gx + gz * gz)
    if t <= 0 or far >= FLOOR_REACH:
        return r, g, b
    shade = _floor_light(floor_map, gx, gz)
    pool = floor[1] * math.exp(-((far / 1.05) ** 2))
    r, g, b = (r + pool * 1.12) * shade, (g + pool) * shade, (b + pool * 0.86) * shade
    screen, depth, ids = mirror
    if floor[0] <= 0 or ids[row, column] < 0:
        return r, g, b
    height = -(eye[1] + dy / depth[row, column])
    gloss = math.sqrt(dx * dx + dy * dy + dz * dz)
    # Seen at a flat angle even lacquer isn't a mirror: it is never quite even.
    fresnel = min(0.36, 0.05 + 0.95 * (1 - min(1.0, -dy / gloss)) ** 5)
    weight = floor[0] * fresnel * math.exp(-height * 5.0)
    if weight > 0.004:
        sr, sg, sb = _lit(
            body, lamps, grain, mode, screen, ids[row, column], x / 2, y / 2, eye[0], -eye[1], eye[2], 6 / focal, seed
        )
        r, g, b = r + _tone(sr, exposure) * weight, g + _tone(sg, exposure) * weight, b + _tone(sb, exposure) * weight
    return r, g, b


@njit(cache=True, fastmath=True, error_model="numpy")
def _seen(scene, screen, f, x, y):  # type: ignore[no-untyped-def]  # numba infers
    body, lamps, grain, mode, camera, _, _, _, _, _, exposure, seed = scene
    eye = camera[0]
    r, g, b = _lit(body, lamps, grain, mode, screen, f, x, y, eye[0], eye[1], eye[2], 2 / camera[2], seed)
    return _tone(r, exposure), _tone(g, exposure), _tone(b, exposure)


@njit(cache=True, fastmath=True, error_model="numpy")
def _byte(value, dither, tones):  # type: ignore[no-untyped-def]  # numba infers
    v = min(1.0, max(0.0, value)) * (_TONES - 1)
    step = int(v)
    s = tones[step] + (tones[step + 1] - tones[step]) * (v - step)
    return np.uint8(min(255.0, max(0.0, s + 0.5 + dither)))


@njit(cache=True, fastmath=True, error_model="numpy")
def _sample(scene, screen, ids, row, column, x, y, stage):  # type: ignore[no-untyped-def]  # numba infers
    """Mean of the four samples of a pixel whose middle is at screen place x, y; `stage` stands where none is."""
    red = green = blue = cover = 0.0
    for sample in range(4):
        f = ids[2 * row + sample // 2, 2 * column + sample % 2]
        if f < 0:
            red, green, blue = red + stage[0] / 4, green + stage[1] / 4, blue + stage[2] / 4
        else:
            r, g, b = _seen(scene, screen, f, x - 0.5 + sample % 2, y - 0.5 + sample // 2)
            red, green, blue, cover = red + r / 4, green + g / 4, blue + b / 4, cover + 0.25
    return red, green, blue, cover


@njit(cache=True, fastmath=True, error_model="numpy")
def _is_smooth(faces, skin, ids, depth, row, column):  # type: ignore[no-untyped-def]  # numba infers
    """Whether one sample says enough of a pixel that the object covers: no edge and no fold runs through it."""
    y, x = 2 * row, 2 * column
    near = max(depth[y, x], depth[y, x + 1], depth[y + 1, x], depth[y + 1, x + 1])
    far = min(depth[y, x], depth[y, x + 1], depth[y + 1, x], depth[y + 1, x + 1])
    if near - far > 0.003 * near:
        return False
    a, d = ids[y, x], ids[y + 1, x + 1]
    if a == d:
        return True
    p, q = skin[faces[a, 0]], skin[faces[d, 0]]
    return p[0] * q[0] + p[1] * q[1] + p[2] * q[2] > 0.97


@njit(cache=True, fastmath=True, error_model="numpy")
def _band(scene, upright, mirrored, band, rows, film, out, light):  # type: ignore[no-untyped-def]  # numba infers
    faces, skin = scene[0][1], scene[0][2]
    height, width = max(len(out), len(light)), max(out.shape[1], light.shape[1])
    screen, order, starts = upright
    screen_m, order_m, starts_m = mirrored
    specks, tones = film
    low, high = band * rows, min(height, (band + 1) * rows)
    depth = np.zeros((2 * (high - low), 2 * width), np.float32)
    ids = np.full((2 * (high - low), 2 * width), -1, np.int32)
    _fill(screen, faces, order[starts[band] : starts[band + 1]], np.float32(2 * low), depth, ids)
    depth_m = np.zeros((high - low, width), np.float32)
    ids_m = np.full((high - low, width), -1, np.int32)
    if len(order_m) > 0:
        _fill(screen_m, faces, order_m[starts_m[band] : starts_m[band + 1]], np.float32(low), depth_m, ids_m)
    mirror = (screen_m, depth_m, ids_m)
    for row in range(high - low):
        at = low + row
        for column in range(width):
            y, x = 2 * row, 2 * column
            place_x, place_y = x + 1.0, 2.0 * at + 1.0
            stage = (0.0, 0.0, 0.0)
            if min(ids[y, x], ids[y, x + 1], ids[y + 1, x], ids[y + 1, x + 1]) < 0:
                stage = _floor_at(scene, mirror, place_x, place_y, row, column)
                if max(ids[y, x], ids[y, x + 1], ids[y + 1, x], ids[y + 1, x + 1]) < 0:
                    red, green, blue, cover = stage[0], stage[1], stage[2], 0.0
                else:
                    red, green, blue, cover = _sample(scene, screen, ids, row, column, place_x, place_y, stage)
            elif _is_smooth(faces, skin, ids, depth, row, column):
                red, green, blue = _seen(scene, screen, ids[y, x], place_x, place_y)
                cover = 1.0
            else:
                red, green, blue, cover = _sample(scene, screen, ids, row, column, place_x, place_y, stage)
            if len(out):
                speck = specks[(at * 7919 + column) % _SPECKS]
                out[at, column, 0] = _byte(red, speck, tones)
                out[at, column, 1] = _byte(green, speck, tones)
                out[at, column, 2] = _byte(blue, speck, tones)
            else:
                light[at, column, 0], light[at, column, 1] = red, green
                light[at, column, 2], light[at, column, 3] = blue, cover


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def develop(  # type: ignore[no-untyped-def]  # numba infers
    body, lamps, grain, mode, camera, frame, floor, floor_map, glow, edge, exposure, seed, upright, mirrored, turns,
    rows, film, out, light,
):  # fmt: skip
    """Fill `out` (h, w, 3) uint8 sRGB, or where it is empty `light` (h, w, 4): linear light and coverage.

    body : (points, faces, skin); lamps : (boxes, key light, softness of its edge); camera as `shading.shade` has it, at
    twice the size; frame : x, y, width, height of the whole frame on that screen; floor : (reflection, strength of its
    pool of light), < 0 for none; upright, mirrored : (screen, order, starts) of the object at twice the size and of its
    image under the floor at its own; turns : the order in which bands of `rows` rows are made; film : as from `film`.
    """
    for turn in prange(len(turns)):
        scene = (body, lamps, grain, mode, camera, frame, floor, floor_map, glow, edge, exposure, seed)
        _band(scene, upright, mirrored, turns[turn], rows, film, out, light)
