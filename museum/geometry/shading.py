"""Light on surfaces, compiled: shadows from every studio light, soft-box reflections, textures, a lacquer floor."""

import math

import numpy as np
from numba import njit, prange

_SUBSETS = 4
_DARK = 16.0  # of a soft box's lobe: e to the minus 16 can't be seen
FLOOR_REACH = 2.6


@njit(cache=True, fastmath=True, error_model="numpy")
def _texel(texels, places, picture, level, u, v):  # type: ignore[no-untyped-def]  # numba infers
    """Bilinear, repeating; 0..255 in the picture's own encoding."""
    start, width, height = places[picture, level, 0], places[picture, level, 1], places[picture, level, 2]
    x = (u - math.floor(u)) * width - 0.5
    y = (v - math.floor(v)) * height - 0.5
    x0, y0 = math.floor(x), math.floor(y)
    fx, fy = x - x0, y - y0
    xa, xb, ya, yb = x0 % width, (x0 + 1) % width, y0 % height, (y0 + 1) % height
    a, b = start + ya * width + xa, start + ya * width + xb
    c, d = start + yb * width + xa, start + yb * width + xb
    wa, wb, wc, wd = (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy
    return (
        texels[a, 0] * wa + texels[b, 0] * wb + texels[c, 0] * wc + texels[d, 0] * wd,
        texels[a, 1] * wa + texels[b, 1] * wb + texels[c, 1] * wc + texels[d, 1] * wd,
        texels[a, 2] * wa + texels[b, 2] * wb + texels[c, 2] * wc + texels[d, 2] * wd,
    )


@njit(cache=True, fastmath=True, error_model="numpy")
def _linear(value):  # type: ignore[no-untyped-def]  # numba infers
    s = value / 255.0
    return s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4


@njit(cache=True, fastmath=True, error_model="numpy")
def _lit(maps, axes, placing, light, x, y, z, is_fine):  # type: ignore[no-untyped-def]  # numba infers
    """How much of a light reaches a place, 0..1, from the four texels around it, or the nearest when not `is_fine`."""
    side = maps.shape[1]
    half = placing[light, 2]
    scale = side / (2 * half)
    a = axes[light]
    u = (a[0, 0] * x + a[0, 1] * y + a[0, 2] * z - placing[light, 0] + half) * scale - 0.5
    v = (a[1, 0] * x + a[1, 1] * y + a[1, 2] * z - placing[light, 1] + half) * scale - 0.5
    near = (a[2, 0] * x + a[2, 1] * y + a[2, 2] * z - placing[light, 3]) / (2 * half) * 65534.0 + 1.0
    u0, v0 = math.floor(u), math.floor(v)
    if u0 < 0 or v0 < 0 or u0 + 1 >= side or v0 + 1 >= side:
        return 1.0
    fu, fv = u - u0, v - v0
    m = maps[light]
    if not is_fine:
        return 1.0 if m[v0 + (fv > 0.5), u0 + (fu > 0.5)] <= near else 0.0
    lit = 0.0
    if m[v0, u0] <= near:
        lit += (1 - fu) * (1 - fv)
    if m[v0, u0 + 1] <= near:
        lit += fu * (1 - fv)
    if m[v0 + 1, u0] <= near:
        lit += (1 - fu) * fv
    if m[v0 + 1, u0 + 1] <= near:
        lit += fu * fv
    return lit


@njit(cache=True, fastmath=True, error_model="numpy")
def _gather(lights, subset, px, py, pz, nx, ny, nz):  # type: ignore[no-untyped-def]  # numba infers
    """(irradiance r, g, b, part of the key light seen, part of the sky seen) at a place with a normal."""
    axes, placing, power, maps, key_count, _ = lights
    size = len(axes) // _SUBSETS
    offset = 2.2 * 2 * placing[0, 2] / maps.shape[1]
    qx, qy, qz = px + nx * offset, py + ny * offset, pz + nz * offset
    red = green = blue = key = sky = sky_all = 0.0
    for i in range(size):
        light = subset * size + i
        facing = nx * axes[light, 2, 0] + ny * axes[light, 2, 1] + nz * axes[light, 2, 2]
        is_key = i < key_count
        if facing <= 0:
            continue
        lit = _lit(maps, axes, placing, light, qx, qy, qz, is_key)
        if is_key:
            key += lit / key_count
        else:
            sky += lit * facing
            sky_all += facing
        red += power[light, 0] * facing * lit
        green += power[light, 1] * facing * lit
        blue += power[light, 2] * facing * lit
    return red, green, blue, key, sky / sky_all if sky_all > 0 else 0.0


@njit(cache=True, fastmath=True, error_model="numpy")
def _arc(cosine):  # type: ignore[no-untyped-def]  # numba infers
    """The angle of a cosine in -1..1, within 0.00007 (Abramowitz and Stegun, Handbook, 4.4.45)."""
    x = abs(cosine)
    angle = math.sqrt(1 - x) * (1.5707288 + x * (-0.2121144 + x * (0.0742610 - 0.0187293 * x)))
    return angle if cosine >= 0 else math.pi - angle


@njit(cache=True, fastmath=True, error_model="numpy")
def _mirror(boxes, rx, ry, rz, rough, key, open_sky):  # type: ignore[no-untyped-def]  # numba infers
    """What the studio looks like in direction R, blurred by roughness."""
    up = 0.5 + 0.5 * ry
    spread = 0.25 + 0.75 * rough
    edge = min(1.0, max(0.0, (ry + spread) / (2 * spread)))
    base = (0.035 + edge * (0.10 + 0.42 * up * up)) * (0.25 + 0.75 * open_sky)
    red, green, blue = base, base * 1.0, base * 1.02
    blur = rough * rough * 1.15
    for b in range(len(boxes)):
        cosine = rx * boxes[b, 0] + ry * boxes[b, 1] + rz * boxes[b, 2]
        angle = _arc(min(1.0, max(-1.0, cosine)))
        width2 = boxes[b, 6] ** 2 + blur * blur
        e = angle * angle / width2
        if e > _DARK:
            continue
        lobe = (1 - rough) * math.exp(-e * e) + rough * math.exp(-e)
        lobe *= boxes[b, 6] ** 2 / width2 * (key if b == 0 else 0.15 + 0.85 * open_sky)
        red += boxes[b, 3] * lobe
        green += boxes[b, 4] * lobe
        blue += boxes[b, 5] * lobe
    return red, green, blue


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def floor_shadow(lights, side):  # type: ignore[no-untyped-def]  # numba infers
    """(side, side) float32 part of the open floor's light that reaches it, over ±FLOOR_REACH, 1 far away."""
    axes, power = lights[0], lights[2]
    whole = 0.0
    for i in range(len(axes)):
        whole += (power[i, 0] + power[i, 1] + power[i, 2]) * max(0.0, axes[i, 2, 1])
    result = np.ones((side, side), np.float32)
    for row in prange(side):
        for column in range(side):
            x = ((column + 0.5) / side * 2 - 1) * FLOOR_REACH
            z = ((row + 0.5) / side * 2 - 1) * FLOOR_REACH
            light = 0.0
            for subset in range(_SUBSETS):
                red, green, blue, _, _ = _gather(lights, subset, x, 0.0, z, 0.0, 1.0, 0.0)
                light += red + green + blue
            fade = math.exp(-(x * x + z * z) / 1.1)
            result[row, column] = 1 - (1 - min(1.0, light / whole)) * min(1.0, 0.25 + fade)
    return result


@njit(cache=True, fastmath=True, error_model="numpy")
def _floor_light(floor_map, x, z):  # type: ignore[no-untyped-def]  # numba infers
    side = len(floor_map)
    u = min(side - 1.001, max(0.0, (x / FLOOR_REACH + 1) / 2 * side - 0.5))
    v = min(side - 1.001, max(0.0, (z / FLOOR_REACH + 1) / 2 * side - 0.5))
    u0, v0 = int(u), int(v)
    fu, fv = u - u0, v - v0
    top = floor_map[v0, u0] * (1 - fu) + floor_map[v0, u0 + 1] * fu
    bottom = floor_map[v0 + 1, u0] * (1 - fu) + floor_map[v0 + 1, u0 + 1] * fu
    return top * (1 - fv) + bottom * fv


@njit(cache=True, fastmath=True, error_model="numpy")
def _surface(mesh, paint, lights, f, px, py, pz, ex, ey, ez, subset, pixel):  # type: ignore[no-untyped-def]  # numba
    """Linear r, g, b that face `f` sends from a place towards the eye; `pixel` is the pixel's size there."""
    vertices, faces, normals, colors, uv, face_material = mesh
    values, slots, texels, places = paint
    i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
    ax, ay, az = vertices[i, 0], vertices[i, 1], vertices[i, 2]
    ux, uy, uz = vertices[j, 0] - ax, vertices[j, 1] - ay, vertices[j, 2] - az
    vx, vy, vz = vertices[k, 0] - ax, vertices[k, 1] - ay, vertices[k, 2] - az
    wx, wy, wz = px - ax, py - ay, pz - az
    uu, uvd, vv = ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz
    wu, wv = wx * ux + wy * uy + wz * uz, wx * vx + wy * vy + wz * vz
    area2 = uu * vv - uvd * uvd
    b1 = b2 = 0.0
    if area2 > 0:
        b1 = min(1.0, max(0.0, (vv * wu - uvd * wv) / area2))
        b2 = min(1.0 - b1, max(0.0, (uu * wv - uvd * wu) / area2))
    b0 = 1.0 - b1 - b2
    gx, gy, gz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    nx = normals[i, 0] * b0 + normals[j, 0] * b1 + normals[k, 0] * b2
    ny = normals[i, 1] * b0 + normals[j, 1] * b1 + normals[k, 1] * b2
    nz = normals[i, 2] * b0 + normals[j, 2] * b1 + normals[k, 2] * b2
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    if length < 1e-6:
        nx, ny, nz = gx, gy, gz
        length = math.sqrt(gx * gx + gy * gy + gz * gz) + 1e-20
    nx, ny, nz = nx / length, ny / length, nz / length
    # Towards the eye: scans are often open, and both sides of a surface are real.
    sx, sy, sz = ex - px, ey - py, ez - pz
    length = math.sqrt(sx * sx + sy * sy + sz * sz)
    sx, sy, sz = sx / length, sy / length, sz / length
    flip = 1.0 if gx * sx + gy * sy + gz * sz >= 0 else -1.0
    if (nx * gx + ny * gy + nz * gz) * flip < 0:
        nx, ny, nz = -nx, -ny, -nz
    m = face_material[f]
    red, green, blue = values[m, 0], values[m, 1], values[m, 2]
    metal, rough, ao = values[m, 3], values[m, 4], 1.0
    if len(uv) > 0:
        tu = uv[i, 0] * b0 + uv[j, 0] * b1 + uv[k, 0] * b2
        tv = uv[i, 1] * b0 + uv[j, 1] * b1 + uv[k, 1] * b2
        d1u, d1v = uv[j, 0] - uv[i, 0], uv[j, 1] - uv[i, 1]
        d2u, d2v = uv[k, 0] - uv[i, 0], uv[k, 1] - uv[i, 1]
        twice = d1u * d2v - d2u * d1v
        density = math.sqrt(abs(twice) / (math.sqrt(area2) + 1e-20))
        for slot in range(4):
            picture = slots[m, slot]
            if picture < 0:
                continue
            footprint = density * pixel * max(places[picture, 0, 1], places[picture, 0, 2])
            level = min(places.shape[1] - 1, max(0, int(math.log2(max(footprint, 1e-6)) + 0.35)))
            r, g, b = _texel(texels, places, picture, level, tu, tv)
            if slot == 0:
                red, green, blue = red * _linear(r), green * _linear(g), blue * _linear(b)
            elif slot == 1 and abs(twice) > 1e-20:
                x, y = r / 127.5 - 1.0, g / 127.5 - 1.0
                z = math.sqrt(max(0.05, 1 - x * x - y * y))
                tx, ty, tz = ux * d2v - vx * d1v, uy * d2v - vy * d1v, uz * d2v - vz * d1v
                sign = 1.0 if twice > 0 else -1.0
                tx, ty, tz = tx * sign, ty * sign, tz * sign
                dot = tx * nx + ty * ny + tz * nz
                tx, ty, tz = tx - nx * dot, ty - ny * dot, tz - nz * dot
                length = math.sqrt(tx * tx + ty * ty + tz * tz) + 1e-20
                tx, ty, tz = tx / length, ty / length, tz / length
                # glTF 2.0 §3.9.3: green points up the picture, and v counts down.
                hand = -sign
                bx, by, bz = (ny * tz - nz * ty) * -hand, (nz * tx - nx * tz) * -hand, (nx * ty - ny * tx) * -hand
                y = -y
                nx, ny, nz = tx * x + bx * y + nx * z, ty * x + by * y + ny * z, tz * x + bz * y + nz * z
                length = math.sqrt(nx * nx + ny * ny + nz * nz)
                nx, ny, nz = nx / length, ny / length, nz / length
            elif slot == 2:
                rough, metal = rough * g / 255.0, metal * b / 255.0
            elif slot == 3:
                ao = r / 255.0
    if len(colors) > 0:
        red *= colors[i, 0] * b0 + colors[j, 0] * b1 + colors[k, 0] * b2
        green *= colors[i, 1] * b0 + colors[j, 1] * b1 + colors[k, 1] * b2
        blue *= colors[i, 2] * b0 + colors[j, 2] * b1 + colors[k, 2] * b2
        if colors.shape[1] > 3:
            rough = colors[i, 3] * b0 + colors[j, 3] * b1 + colors[k, 3] * b2
            metal = colors[i, 4] * b0 + colors[j, 4] * b1 + colors[k, 4] * b2
    rough = min(1.0, max(0.06, rough))
    er, eg, eb, key, sky = _gather(lights, subset, px, py, pz, nx, ny, nz)
    # A little light comes back from the floor and the room, warm, less inside hollows.
    back = (0.055 + 0.11 * (0.5 - 0.5 * ny)) * (0.35 + 0.65 * sky) * ao
    er, eg, eb = er * (0.4 + 0.6 * ao) + back * 1.08, eg * (0.4 + 0.6 * ao) + back, eb * (0.4 + 0.6 * ao) + back * 0.9
    facing = max(0.02, nx * sx + ny * sy + nz * sz)
    rx, ry, rz = 2 * facing * nx - sx, 2 * facing * ny - sy, 2 * facing * nz - sz
    mr, mg, mb = _mirror(lights[5], rx, ry, rz, rough, key, sky * ao)
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
def _tone(value, exposure):  # type: ignore[no-untyped-def]  # numba infers
    """A straight line with a soft shoulder: colours of the middle stay what they are, highlights keep their drawing."""
    x = value * exposure
    knee = 0.55
    return x if x <= knee else knee + (1 - knee) * (1 - math.exp(-(x - knee) / (1 - knee)))


@njit(cache=True, fastmath=True, error_model="numpy")
def _backdrop(u, v, glow, edge):  # type: ignore[no-untyped-def]  # numba infers
    """Radial gradient of the museum's stage: brightest at 50 %, 34 % of the picture."""
    dx, dy = (u - 0.5) / 1.0, (v - 0.34) / 0.9
    t = min(1.0, math.sqrt(dx * dx + dy * dy) / 0.72)
    t = t * t * (3 - 2 * t)
    return glow[0] + (edge[0] - glow[0]) * t, glow[1] + (edge[1] - glow[1]) * t, glow[2] + (edge[2] - glow[2]) * t


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def shade(mesh, paint, lights, seen, below, camera, floor, floor_map, glow, edge, exposure):  # type: ignore[no-untyped-def]  # numba
    """(h, w, 4) float32 linear light with coverage, each pixel the mean of 2 × 2 samples.

    seen, below : (depth, ids) of the object and of its image under the floor, at twice the size; camera : (eye,
    axes, focal, centre x, centre y); floor : (height, reflection, strength of its pool of light), strength < 0
    for none; floor_map : as `floor_shadow` gives it.
    """
    depth, ids = seen
    depth_below, ids_below = below
    eye, axes, focal, centre_x, centre_y = camera
    height, width = ids.shape[0] // 2, ids.shape[1] // 2
    result = np.zeros((height, width, 4), np.float32)
    for row in prange(height):
        for column in range(width):
            total_r = total_g = total_b = cover = 0.0
            for subset in range(4):
                y, x = row * 2 + subset // 2, column * 2 + subset % 2
                right, up = (x + 0.5 - centre_x) / focal, (centre_y - y - 0.5) / focal
                dx = axes[2, 0] + axes[0, 0] * right + axes[1, 0] * up
                dy = axes[2, 1] + axes[0, 1] * right + axes[1, 1] * up
                dz = axes[2, 2] + axes[0, 2] * right + axes[1, 2] * up
                if ids[y, x] >= 0:
                    t = 1 / depth[y, x]
                    r, g, b = _surface(
                        mesh, paint, lights, ids[y, x], eye[0] + dx * t, eye[1] + dy * t, eye[2] + dz * t,
                        eye[0], eye[1], eye[2], subset, t / focal,
                    )  # fmt: skip
                    total_r += _tone(r, exposure)
                    total_g += _tone(g, exposure)
                    total_b += _tone(b, exposure)
                    cover += 1.0
                    continue
                r, g, b = _backdrop((x + 0.5) / (2 * width), (y + 0.5) / (2 * height), glow, edge)
                if floor[2] >= 0 and dy < -1e-4:
                    t = (floor[0] - eye[1]) / dy
                    gx, gz = eye[0] + dx * t, eye[2] + dz * t
                    far = math.sqrt(gx * gx + gz * gz)
                    if t > 0 and far < FLOOR_REACH:
                        fade = math.exp(-((far / 1.05) ** 2))
                        shade_here = _floor_light(floor_map, gx, gz)
                        pool = floor[2] * fade
                        r = (r + pool * 1.12) * shade_here
                        g = (g + pool) * shade_here
                        b = (b + pool * 0.86) * shade_here
                        if ids_below[y, x] >= 0 and floor[1] > 0:
                            t = 1 / depth_below[y, x]
                            qy = 2 * floor[0] - (eye[1] + dy * t)
                            gloss = math.sqrt(dx * dx + dy * dy + dz * dz)
                            fresnel = 0.05 + 0.95 * (1 - min(1.0, -dy / gloss)) ** 5
                            weight = floor[1] * fresnel * math.exp(-(qy - floor[0]) * 5.0)
                            if weight > 0.004:
                                sr, sg, sb = _surface(
                                    mesh, paint, lights, ids_below[y, x], eye[0] + dx * t, qy, eye[2] + dz * t,
                                    eye[0], 2 * floor[0] - eye[1], eye[2], subset, t / focal,
                                )  # fmt: skip
                                r += _tone(sr, exposure) * weight
                                g += _tone(sg, exposure) * weight
                                b += _tone(sb, exposure) * weight
                total_r += r
                total_g += g
                total_b += b
            result[row, column, 0] = total_r / 4
            result[row, column, 1] = total_g / 4
            result[row, column, 2] = total_b / 4
            result[row, column, 3] = cover / 4
    return result


@njit(cache=True, parallel=True, fastmath=True, error_model="numpy")
def encode(light, noise):  # type: ignore[no-untyped-def]  # numba infers
    """(h, w, 4) uint8 sRGB of (h, w, 4) linear light; `noise` (k,) hides the bands that dark gradients would show."""
    height, width = light.shape[:2]
    result = np.empty((height, width, 4), np.uint8)
    for y in prange(height):
        for x in range(width):
            grain = noise[(y * 7919 + x * 104_729 + (x * y) % 8191) % len(noise)]
            for c in range(3):
                v = min(1.0, max(0.0, light[y, x, c]))
                s = v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055
                result[y, x, c] = np.uint8(min(255.0, max(0.0, s * 255 + 0.5 + grain)))
            result[y, x, 3] = np.uint8(light[y, x, 3] * 255 + 0.5)
    return result
