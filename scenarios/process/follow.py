"""Car following as a policy in a program of its own: copy it, and put your model where `decide` is.

It keeps a time headway by the Intelligent Driver Model (Treiber, Hennecke, Helbing 2000) and steers by the pursuit angle
that the driving world's flat observation offers (docs/formats/observations.md says what each of its 72 numbers means).
"""

import simeval_policy

HEADWAY = 1.2  # s
ACCELERATION, BRAKING = 1.5, 2.0  # m/s2
UNIT = 4.0  # m/s2: an action of 1


def decide(row):
    speed, allowed, pursuit = row[0], row[12], row[6]
    free = (speed / max(allowed, 0.01)) ** 4
    # Whom to follow: the leader, and whoever is about to cut in. Each block: is there, gap, closing, 2 m / gap, speed / gap, ...
    wish = 0.0
    for other in (row[16:23], row[23:30]):
        if other[0]:
            approach = UNIT * other[5] / (2 * (ACCELERATION * BRAKING) ** 0.5)
            wish = max(wish, other[3] + HEADWAY * other[4] + approach)
    acceleration = ACCELERATION * (1 - free - wish * wish)
    return [max(acceleration, -8.0) / UNIT, pursuit]


def act(observation):
    return [decide(row) for row in observation["observation"]]


simeval_policy.serve(act, inputs=["observation"], use_numpy=False)
