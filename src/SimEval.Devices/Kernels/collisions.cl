// Collisions and times to collision of many rollouts at once: one source for OpenCL C and for CUDA (nvrtc).
//
// The arithmetic is that of BoxOverlap and TimeToCollision in SimEval.Worlds, operation for operation in double precision,
// so that the results are equal to theirs. Nothing may be contracted to fused multiply-adds: here by the pragma, for CUDA
// by --fmad=false.
//
// Layout: fields outermost, rollouts innermost, so that neighbouring work items read neighbouring numbers:
//   egos[field * pitch + rollout], agents[(field * most + agent) * pitch + rollout].

#ifdef __OPENCL_VERSION__
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL __kernel
#define DEVICE
#define GLOBAL __global
#define INDEX ((int)get_global_id(0))
#else
#define KERNEL extern "C" __global__
#define DEVICE __device__ static
#define GLOBAL
#define INDEX ((int)(blockIdx.x * blockDim.x + threadIdx.x))
#endif

#define STEP 0.1
#define STEPS 29

typedef struct {
    double x, y, c, s, speed, l, w;
} Box;

DEVICE double larger(double a, double b) { return a > b ? a : b; }
DEVICE double smaller(double a, double b) { return a < b ? a : b; }

DEVICE Box read_box(GLOBAL const double *at, int stride) {
    Box box;
    box.x = at[0];
    box.y = at[stride];
    box.c = at[2 * stride];
    box.s = at[3 * stride];
    box.speed = at[4 * stride];
    box.l = at[5 * stride];
    box.w = at[6 * stride];
    return box;
}

DEVICE int touches(double dx, double dy, const Box *a, const Box *b) {
    double c = fabs((a->c * b->c) + (a->s * b->s));
    double s = fabs((a->c * b->s) - (a->s * b->c));
    return fabs((dx * a->c) + (dy * a->s)) <= a->l + (b->l * c) + (b->w * s)
        && fabs((dy * a->c) - (dx * a->s)) <= a->w + (b->l * s) + (b->w * c)
        && fabs((dx * b->c) + (dy * b->s)) <= b->l + (a->l * c) + (a->w * s)
        && fabs((dy * b->c) - (dx * b->s)) <= b->w + (a->l * s) + (a->w * c);
}

DEVICE int narrow(double offset, double rate, double reach, double *from, double *to) {
    if (fabs(rate) < 1e-12)
        return fabs(offset) <= reach + 1e-9;
    double a = (-reach - offset) / rate;
    double b = (reach - offset) / rate;
    *from = larger(*from, smaller(a, b));
    *to = smaller(*to, larger(a, b));
    return *from <= *to + 1e-6;
}

DEVICE int touches_at(int k, const Box *ego, const Box *agent) {
    double t = k * STEP;
    return touches(
        agent->x + (agent->c * agent->speed * t) - (ego->x + (ego->c * ego->speed * t)),
        agent->y + (agent->s * agent->speed * t) - (ego->y + (ego->s * ego->speed * t)),
        ego, agent);
}

DEVICE int first_step(const Box *ego, const Box *agent, int last) {
    double dx = agent->x - ego->x;
    double dy = agent->y - ego->y;
    double vx = (agent->c * agent->speed) - (ego->c * ego->speed);
    double vy = (agent->s * agent->speed) - (ego->s * ego->speed);
    double reach = ego->l + ego->w + agent->l + agent->w;
    double travel = (fabs(vx) + fabs(vy)) * (last * STEP);
    if (fabs(dx) > reach + travel || fabs(dy) > reach + travel)
        return 0;
    double c = fabs((ego->c * agent->c) + (ego->s * agent->s));
    double s = fabs((ego->c * agent->s) - (ego->s * agent->c));
    double from = STEP, to = last * STEP;
    if (!(narrow((dx * ego->c) + (dy * ego->s), (vx * ego->c) + (vy * ego->s),
                 ego->l + (agent->l * c) + (agent->w * s), &from, &to)
          && narrow((dy * ego->c) - (dx * ego->s), (vy * ego->c) - (vx * ego->s),
                    ego->w + (agent->l * s) + (agent->w * c), &from, &to)
          && narrow((dx * agent->c) + (dy * agent->s), (vx * agent->c) + (vy * agent->s),
                    agent->l + (ego->l * c) + (ego->w * s), &from, &to)
          && narrow((dy * agent->c) - (dx * agent->s), (vy * agent->c) - (vx * agent->s),
                    agent->w + (ego->l * s) + (ego->w * c), &from, &to)))
        return 0;
    int first = (int)floor((from / STEP) - 1e-4);
    int end = (int)ceil((to / STEP) + 1e-4);
    first = first > 1 ? first : 1;
    end = end < last ? end : last;
    for (int k = first; k <= end; k++)
        if (touches_at(k, ego, agent))
            return k;
    return 0;
}

// One work item a rollout. findings[field * pitch + rollout]: how many agents touch the ego now, the first of them (-1),
// the least step of a later contact (0: none within the horizon), whose it is (-1).
KERNEL void collide(GLOBAL const double *egos, GLOBAL const double *agents, GLOBAL const int *counts,
                    GLOBAL int *findings, int rollouts, int pitch, int most) {
    int rollout = INDEX;
    if (rollout >= rollouts)
        return;
    Box ego = read_box(egos + rollout, pitch);
    int count = counts[rollout];
    int touching = 0, first = -1, step = STEPS + 1, nearest = -1;
    for (int i = 0; i < count; i++) {
        Box agent = read_box(agents + i * pitch + rollout, most * pitch);
        double dx = agent.x - ego.x;
        double dy = agent.y - ego.y;
        double reach = ego.l + ego.w + agent.l + agent.w;
        if (fabs(dx) <= reach && fabs(dy) <= reach && touches(dx, dy, &ego, &agent)) {
            first = touching == 0 ? i : first;
            touching++;
        }
        int sooner = step > 1 ? first_step(&ego, &agent, step - 1) : 0;
        if (sooner > 0) {
            step = sooner;
            nearest = i;
        }
    }
    findings[rollout] = touching;
    findings[pitch + rollout] = first;
    findings[2 * pitch + rollout] = nearest < 0 ? 0 : step;
    findings[3 * pitch + rollout] = nearest;
}

// The yardstick of memory bandwidth.
KERNEL void copy(GLOBAL const double *from, GLOBAL double *to, int count) {
    int i = INDEX;
    if (i < count)
        to[i] = from[i];
}
