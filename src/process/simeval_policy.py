"""Lets SimEval drive a policy written in Python. Copy this file beside yours, or import it as it is: SimEval puts it on the path.

    import simeval_policy

    def act(observation):
        # observation: tensor name -> rows, one a rollout: numpy [n, *shape] float32 (without numpy: a list of lists)
        return actions          # n rows of the action's elements

    simeval_policy.serve(act)

A policy that remembers something of a rollout between its frames gives `reset` as well, and is told the slots:

    memory = {}

    def reset(slot):            # a rollout begins in this slot
        memory[slot] = ...

    def act(observation, slots):
        return [decide(row, memory[slot]) for row, slot in zip(..., slots)]

    simeval_policy.serve(act, reset=reset)

print() is safe once this module is imported: standard output then goes to standard error. An exception fails the rollouts concerned, with
its traceback's end as the reason, and the policy goes on. The protocol is in docs/formats/process-protocol.md. Only the standard
library is needed; numpy is used where it is installed.
"""

import array
import json
import os
import platform
import struct
import sys
import threading
import time
import traceback

try:
    import numpy
except ImportError:
    numpy = None

PROTOCOL = 1
ACTIONS, FAILURE = 0, 1


class Tensor:
    """A tensor of the observation, or the action: name, shape of one row, meaning in words, number of elements of one row."""

    def __init__(self, description):
        self.name = description["name"]
        self.shape = tuple(description["shape"])
        self.meaning = description.get("meaning", "")
        self.size = 1
        for size in self.shape:
            self.size *= size


class Setup:
    """What SimEval said when it greeted: the tensors on offer, the action, the largest batch."""

    def __init__(self, greeting):
        self.observation = [Tensor(tensor) for tensor in greeting["observation"]]
        self.action = Tensor(greeting["action"])
        self.max_batch = greeting["maxBatch"]


def serve(act, reset=None, setup=None, inputs=None, max_batch=None, use_numpy=True):
    """Answers until SimEval ends.

    act        act(observation) -> actions; with reset: act(observation, slots) -> actions.
    reset      reset(slot), called when a rollout begins in a slot; giving it says that the policy holds state.
    setup      setup(Setup), called once before the first frame: the place to check shapes.
    inputs     names of the observation tensors that are wanted; all of them by default.
    max_batch  most frames that act gets at once; as many as SimEval likes by default.
    use_numpy  False: lists of lists, even where numpy is installed.
    """
    stdin, stdout = _pipes or _take_pipes()
    _end_with_parent()
    use_numpy = use_numpy and numpy is not None
    if sys.byteorder != "little":
        raise SystemExit("simeval_policy: the protocol is little-endian, this machine is not")
    greeting = json.loads(_read_message(stdin) or b"{}")
    try:
        if greeting.get("protocol") != PROTOCOL:
            raise ValueError("simeval_policy speaks protocol %d, SimEval said %r" % (PROTOCOL, greeting.get("protocol")))
        said = Setup(greeting)
        if setup is not None:
            setup(said)
        names = [tensor.name for tensor in said.observation] if inputs is None else list(inputs)
        offered = {tensor.name: tensor for tensor in said.observation}
        # A name that is not on offer is SimEval's to report: it knows the nearest one.
        wanted = [offered[name] for name in names if name in offered]
    except Exception:
        _write_message(stdout, json.dumps({"protocol": PROTOCOL, "error": _reason()}).encode())
        return
    answer = {"protocol": PROTOCOL, "inputs": names, "state": reset is not None, "runtime": _runtime(use_numpy)}
    if max_batch is not None:
        answer["maxBatch"] = max_batch
    _write_message(stdout, json.dumps(answer).encode())
    while True:
        message = _read_message(stdin)
        if message is None:
            return
        _write_message(stdout, _answer(message, act, reset, wanted, said.action.size, use_numpy))


def _answer(message, act, reset, tensors, action_size, use_numpy):
    step, count = struct.unpack_from("<II", message)
    try:
        slots = struct.unpack_from("<%dI" % count, message, 8)
        begins = struct.unpack_from("<%dI" % count, message, 8 + 4 * count)
        observation = {}
        at = 8 + 8 * count
        for tensor in tensors:
            observation[tensor.name] = _rows(message, at, count, tensor, use_numpy)
            at += 4 * count * tensor.size
        if reset is None:
            actions = act(observation)
        else:
            for slot, begin in zip(slots, begins):
                if begin:
                    reset(slot)
            actions = act(observation, slots)
        return struct.pack("<II", step, ACTIONS) + _bytes(actions, count, action_size, use_numpy)
    except Exception:
        traceback.print_exc()
        return struct.pack("<II", step, FAILURE) + _reason().encode(errors="replace")[:60000]


def _rows(message, at, count, tensor, use_numpy):
    if use_numpy:
        values = numpy.frombuffer(message, numpy.float32, count * tensor.size, at)
        return values.reshape((count,) + tensor.shape)
    values = array.array("f")
    values.frombytes(message[at : at + 4 * count * tensor.size])
    return [values[row * tensor.size : (row + 1) * tensor.size].tolist() for row in range(count)]


def _bytes(actions, count, size, use_numpy):
    if use_numpy:
        values = numpy.ascontiguousarray(actions, numpy.float32)
        given = values.size
    else:
        values = array.array("f")
        for row in actions:
            values.extend(row if hasattr(row, "__iter__") else (row,))
        given = len(values)
    if given != count * size:
        raise ValueError("act gave %d numbers for %d frames of %d" % (given, count, size))
    return values.tobytes()


def _take_pipes():
    # The protocol keeps descriptors of its own; whatever else writes to standard output then writes to standard error.
    sys.stdout.flush()
    stdin, stdout = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return os.fdopen(stdin, "rb", 1 << 20), stdout


# Started by SimEval, a policy may print while its own modules are still loading.
_pipes = _take_pipes() if "SIMEVAL_PROTOCOL" in os.environ else None


def _end_with_parent():
    # A policy that computes for ever does not read, and so does not see that its input has ended.
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _read_message(stdin):
    header = stdin.read(4)
    if len(header) < 4:
        return None
    (length,) = struct.unpack("<I", header)
    message = stdin.read(length)
    return message if len(message) == length else None


def _write_message(stdout, message):
    whole = memoryview(struct.pack("<I", len(message)) + message)
    while whole:
        whole = whole[os.write(stdout, whole) :]


def _reason():
    kind, error, _ = sys.exc_info()
    trace = traceback.extract_tb(error.__traceback__)
    where = " (%s:%d)" % (os.path.basename(trace[-1].filename), trace[-1].lineno) if trace else ""
    return "%s: %s%s" % (kind.__name__, error, where)


def _runtime(use_numpy):
    name = "python %s" % platform.python_version()
    return "%s, numpy %s" % (name, numpy.__version__) if use_numpy else name
