"""A compiler in another language, written from docs/formats/artifact.md alone.

write_artifact.py FILE BOARD writes an artifact of a small network and prints, as one JSON object, the rows of an input and
what the artifact must give for them.
"""

import hashlib
import json
import math
import struct
import sys


def f32(value):
    """A number rounded to float32."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def clamp(value, least, greatest):
    return min(max(value, least), greatest)


def quantize(value, scale, zero):
    # round() of Python is to nearest, ties to even.
    return clamp(round(f32(value / scale)) + zero, 0, 255)


def matmul(rows, weights, multipliers, biases, x_zero, y_zero, least=0):
    result = []
    for row in rows:
        line = []
        for n, multiplier in enumerate(multipliers):
            total = biases[n] + sum((row[k] - x_zero) * weights[k][n] for k in range(len(row)))
            line.append(clamp(round(f32(f32(total) * multiplier)) + y_zero, least, 255))
        result.append(line)
    return result


def convolve(images, weights, multiplier, biases, x_zero, y_zero, stride):
    """Rows of [C][W] by filters of [M][C][K], without padding."""
    result = []
    for image in images:
        channels = []
        for filter_, bias in zip(weights, biases):
            size = len(filter_[0])
            line = []
            for at in range(0, len(image[0]) - size + 1, stride):
                total = bias + sum(
                    (image[c][at + k] - x_zero) * filter_[c][k] for c in range(len(filter_)) for k in range(size)
                )
                line.append(clamp(round(f32(f32(total) * multiplier)) + y_zero, 0, 255))
            channels.append(line)
        result.append(channels)
    return result


def softmax(row, x_scale, y_scale, y_zero):
    b = max(0, math.log(3.4028234663852886e38 / len(row)) - 5) / x_scale
    t = [f32(math.exp((b - (max(row) - x)) * x_scale)) for x in row]
    total = 0.0
    for value in t:
        total = f32(total + value)
    return [clamp(round(f32(f32(v * math.floor(1 / y_scale)) / total)) + y_zero, 0, 255) for v in t]


def multiply(a, b, a_zero, b_zero, ratio, y_zero):
    return clamp(round(f32(f32((a - a_zero) * (b - b_zero) * ratio) + y_zero)), 0, 255)


class Constants:
    """The section of constants, and what the program says of them."""

    def __init__(self):
        self.bytes = bytearray()
        self.entries = []

    def add(self, name, kind, shape, code, values):
        while len(self.bytes) % 64:
            self.bytes.append(0)
        data = struct.pack("<%d%s" % (len(values), code), *values)
        self.entries.append(
            {"name": name, "type": kind, "shape": shape, "offset": len(self.bytes), "bytes": len(data)}
        )
        self.bytes += data
        return name


def container(sections):
    header = bytearray(b"SIMASIC\0" + struct.pack("<II", 1, len(sections)))
    at = len(header) + 64 * len(sections) + 32
    body = bytearray()
    for name, data in sections:
        gap = -at % 64
        body += b"\0" * gap
        at += gap
        header += name.encode("ascii").ljust(16, b"\0") + struct.pack("<QQ", at, len(data)) + hashlib.sha256(data).digest()
        body += data
        at += len(data)
    return bytes(header) + hashlib.sha256(header).digest() + bytes(body)


def integer(value):
    return {"int": value}


def main(path, board):
    inputs, hidden, outputs = 9, 70, 3
    state = [12345]

    def draw(least, greatest):
        state[0] = (state[0] * 1103515245 + 12345) % 2**31
        return least + state[0] // 65536 % (greatest - least + 1)

    x_scale, x_zero = f32(0.05), 131
    w1 = [[draw(-128, 127) for _ in range(hidden)] for _ in range(inputs)]
    w2 = [[draw(-128, 127) for _ in range(outputs)] for _ in range(hidden)]
    b1 = [draw(-9000, 9000) for _ in range(hidden)]
    m1 = [f32(0.003 + 0.0001 * n) for n in range(hidden)]
    m2 = [f32(0.0007)]
    table = [(i * i) // 255 for i in range(256)]
    y_scale, y_zero = f32(0.11), 99
    filters = [[[draw(-128, 127) for _ in range(3)] for _ in range(2)] for _ in range(4)]
    filter_biases = [draw(-500, 500) for _ in range(4)]
    m3 = f32(0.0019)
    c_scale, c_zero = f32(0.07), 122
    s_scale = f32(1 / 256)
    z_scale, z_zero = f32(0.02), 125

    constants = Constants()
    constants.add("x_scale", "float32", [], "f", [x_scale])
    constants.add("x_zero", "uint8", [], "B", [x_zero])
    constants.add("w1", "int8", [inputs, hidden], "b", [v for row in w1 for v in row])
    constants.add("m1", "float32", [hidden], "f", m1)
    constants.add("b1", "int32", [hidden], "i", b1)
    constants.add("table", "uint8", [256], "B", table)
    constants.add("w2", "int8", [hidden, outputs], "b", [v for row in w2 for v in row])
    constants.add("m2", "float32", [1], "f", m2)
    constants.add("y_scale", "float32", [], "f", [y_scale])
    constants.add("y_zero", "uint8", [], "B", [y_zero])
    constants.add("parted", "int64", [3], "q", [0, 2, hidden // 2])
    constants.add("filters", "int8", [4, 2, 3], "b", [v for f in filters for c in f for v in c])
    constants.add("m3", "float32", [], "f", [m3])
    constants.add("filter_biases", "int32", [4], "i", filter_biases)
    constants.add("z_scale", "float32", [1], "f", [z_scale])
    constants.add("z_zero", "uint8", [1], "B", [z_zero])
    program = {
        "name": "from another compiler",
        "board": board,
        "opset": 17,
        "inputs": [{"name": "x", "type": "float32", "shape": ["batch", inputs]}],
        "outputs": [
            {"name": "y", "type": "float32", "shape": ["batch", outputs]},
            {"name": "z", "type": "float32"},
        ],
        "constants": constants.entries,
        "instructions": [
            {"operator": "QuantizeLinear", "inputs": ["x", "x_scale", "x_zero"], "outputs": ["x_q"]},
            {
                "operator": "asic.MatMul",
                "name": "first",
                "inputs": ["x_q", "w1", "m1", "b1"],
                "outputs": ["h_q"],
                "attributes": {"xZero": integer(x_zero), "yZero": integer(17), "least": integer(17), "output": integer(2)},
            },
            {"operator": "asic.Table", "inputs": ["h_q", "table"], "outputs": ["a_q"]},
            {
                "operator": "asic.MatMul",
                "name": "second",
                "inputs": ["a_q", "w2", "m2", ""],
                "outputs": ["y_q"],
                "attributes": {"yZero": integer(y_zero)},
            },
            {"operator": "DequantizeLinear", "inputs": ["y_q", "y_scale", "y_zero"], "outputs": ["y"]},
            {"operator": "Reshape", "inputs": ["a_q", "parted"], "outputs": ["parts"]},
            {
                "operator": "asic.Conv",
                "inputs": ["parts", "filters", "m3", "filter_biases"],
                "outputs": ["c_q"],
                "attributes": {"xZero": integer(3), "yZero": integer(c_zero), "strides": {"ints": [2]}},
            },
            {
                "operator": "asic.Softmax",
                "inputs": ["c_q"],
                "outputs": ["s_q"],
                "attributes": {"axis": integer(-1), "xScale": {"float": c_scale}, "yScale": {"float": s_scale}},
            },
            {
                "operator": "asic.Mul",
                "inputs": ["c_q", "s_q"],
                "outputs": ["z_q"],
                "attributes": {
                    "aScale": {"float": c_scale},
                    "aZero": integer(c_zero),
                    "bScale": {"float": s_scale},
                    "yScale": {"float": z_scale},
                    "yZero": integer(z_zero),
                },
            },
            {"operator": "DequantizeLinear", "inputs": ["z_q", "z_scale", "z_zero"], "outputs": ["z"]},
        ],
        "layers": [
            {"name": "h", "quantized": "h_q", "dequantized": "h_dq", "type": "uint8", "scale": f32(0.03), "zero": 17}
        ],
    }
    origin = {"compiler": "write_artifact.py"}
    with open(path, "wb") as file:
        file.write(
            container(
                [
                    ("program", json.dumps(program).encode()),
                    ("constants", bytes(constants.bytes)),
                    ("origin", json.dumps(origin).encode()),
                ]
            )
        )

    rows = [[f32(draw(-400, 400) / 64) for _ in range(inputs)] for _ in range(5)]
    x_q = [[quantize(v, x_scale, x_zero) for v in row] for row in rows]
    h_q = matmul(x_q, w1, m1, b1, x_zero, 17, least=17)
    a_q = [[table[v] for v in row] for row in h_q]
    y_q = matmul(a_q, w2, m2 * outputs, [0] * outputs, 0, y_zero)
    y = [[f32((v - y_zero) * y_scale) for v in row] for row in y_q]
    c_q = convolve(
        [[row[: hidden // 2], row[hidden // 2 :]] for row in a_q], filters, m3, filter_biases, 3, c_zero, 2
    )
    s_q = [[softmax(line, c_scale, s_scale, 0) for line in channels] for channels in c_q]
    ratio = f32(f32(c_scale * s_scale) / z_scale)
    z = [
        [
            [f32((multiply(a, b, c_zero, 0, ratio, z_zero) - z_zero) * z_scale) for a, b in zip(line, shares)]
            for line, shares in zip(channels, of)
        ]
        for channels, of in zip(c_q, s_q)
    ]
    print(json.dumps({"x": rows, "y": y, "z": z}))


main(sys.argv[1], sys.argv[2])
