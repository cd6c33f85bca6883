namespace SimEval.Worlds.Driving.Traffic;

/// <summary>Decides lane changes by MOBIL and carries them out along a quintic sideways path.</summary>
internal sealed class LaneChanges(TrafficState state, Mobil mobil)
{
    /// <summary>Share of the change after which the old lane is free.</summary>
    private const double LeavesOldLane = 0.65;

    /// <summary>Below this speed, in m/s, the sideways motion slows down with it: a standing car does not slide.</summary>
    private const double FullSidewaysSpeed = 3;

    private int decided;

    /// <summary>Looks for vehicles that gain by a change; they start it at <see cref="Begin()"/>.</summary>
    public void Decide()
    {
        decided = 0;
        var order = state.Order;
        for (var lane = 0; lane < state.Graph.Count; lane++)
        {
            var start = order.Start(lane);
            var end = order.End(lane);
            if (start == end)
                continue;
            var (left, right) = (state.Graph.Left(lane), state.Graph.Right(lane));
            if (left < 0 && right < 0)
                continue;
            var inLeft = left < 0 ? 0 : order.Start(left);
            var inRight = right < 0 ? 0 : order.Start(right);
            for (var place = start; place < end; place++)
            {
                var slot = order[place];
                if (slot >= state.Capacity || !state.MayChange[slot] || state.IsChanging(slot))
                    continue;
                var best = 0.0;
                var target = -1;
                if (left >= 0)
                    Consider(left, ref inLeft, lane, place, slot, ref best, ref target);
                if (right >= 0)
                    Consider(right, ref inRight, lane, place, slot, ref best, ref target);
                state.Target[slot] = target;
                if (target >= 0)
                    decided++;
            }
        }
    }

    /// <summary>Starts the changes that were decided; of two into the same gap only the lower number goes.</summary>
    public void Begin()
    {
        if (decided == 0)
            return;
        for (var i = 0; i < state.Count; i++)
        {
            var target = state.Target[i];
            if (target < 0)
                continue;
            state.Target[i] = -1;
            if (state.Lane[i] < 0 || !AreNeighbours(state.Lane[i], target) || IsTaken(i, target))
                continue;
            Begin(i, target, TrafficState.DefaultChangeDuration);
        }
    }

    /// <summary>Starts one change: from now on the vehicle belongs to the target lane, beside its centre line.</summary>
    public void Begin(int vehicle, int target, double duration)
    {
        var lane = state.Lane[vehicle];
        var shadow = state.ShadowOf(vehicle);
        var toLeft = state.Graph.Left(lane) == target;
        var apart = (state.Graph[lane].Width + state.Graph[target].Width) / 2;
        state.ChangeFrom[vehicle] = toLeft ? -apart : apart;
        state.Offset[vehicle] = state.ChangeFrom[vehicle];
        state.ChangeTime[vehicle] = 0;
        state.ChangeDuration[vehicle] = duration;
        if (state.Lane[shadow] < 0)
            state.Order.Add(shadow);
        state.Lane[shadow] = lane;
        state.Along[shadow] = state.Along[vehicle];
        state.Speed[shadow] = state.Speed[vehicle];
        state.Along[vehicle] = state.Graph.Beside(lane, state.Along[vehicle], target);
        state.Lane[vehicle] = target;
        state.Segment[vehicle] = 0;
    }

    /// <summary>Moves a changing vehicle sideways for one step.</summary>
    public void Advance(int vehicle, double dt)
    {
        if (!state.IsChanging(vehicle))
            return;
        var pace = Math.Min(1, state.Speed[vehicle] / FullSidewaysSpeed);
        var time = state.ChangeTime[vehicle] + (dt * pace);
        if (time >= state.ChangeDuration[vehicle])
        {
            state.ChangeTime[vehicle] = -1;
            state.Offset[vehicle] = 0;
            return;
        }

        state.ChangeTime[vehicle] = time;
        var t = time / state.ChangeDuration[vehicle];
        state.Offset[vehicle] = state.ChangeFrom[vehicle] * (1 - (t * t * t * (10 + (t * ((6 * t) - 15)))));
    }

    /// <summary>Angle in rad between the vehicle and its lane while it changes.</summary>
    public double Slant(int vehicle)
    {
        if (!state.IsChanging(vehicle))
            return 0;
        var speed = state.Speed[vehicle];
        var pace = Math.Min(1, speed / FullSidewaysSpeed);
        var t = state.ChangeTime[vehicle] / state.ChangeDuration[vehicle];
        var rate = -state.ChangeFrom[vehicle] * 30 * t * t * (1 - t) * (1 - t) / state.ChangeDuration[vehicle] * pace;
        return PureMath.Atan2(rate, Math.Max(speed, 1));
    }

    /// <summary>Whether the tail of a changing vehicle is still in the lane that it leaves.</summary>
    public bool StillBlocksOldLane(int vehicle) =>
        state.IsChanging(vehicle) && state.ChangeTime[vehicle] < LeavesOldLane * state.ChangeDuration[vehicle];

    private void Consider(
        int target,
        ref int cursor,
        int lane,
        int place,
        int slot,
        ref double best,
        ref int bestTarget
    )
    {
        var order = state.Order;
        var along = state.Graph.Beside(lane, state.Along[slot], target);
        var end = order.End(target);
        while (cursor < end && state.Along[order[cursor]] < along)
            cursor++;
        var half = state.Half[slot];
        var speed = state.Speed[slot];
        var idm = state.Idm[slot];
        var (gapAhead, leader) = state.Ahead(target, cursor, along + half, slot);
        if (gapAhead < idm.MinimumGap)
            return;
        var own = state.Decided[slot];
        var ownAfter = leader < 0 ? idm.Free(speed) : idm.Accelerate(speed, gapAhead, state.Speed[leader]);
        // Politeness can add nothing to a change that harms: the followers' gain is bounded by what leaving brings.
        var newFollowerGain = 0.0;
        if (cursor > order.Start(target))
        {
            var follower = order[cursor - 1];
            var gap = along - half - state.Along[follower] - state.Half[follower];
            if (gap < state.Idm[follower].MinimumGap)
                return;
            var after = state.Idm[follower].Accelerate(state.Speed[follower], gap, speed);
            if (!mobil.IsSafe(after))
                return;
            newFollowerGain = after - AccelerationOf(follower, cursor - 1);
        }

        var oldFollowerGain = 0.0;
        if (place > order.Start(lane))
        {
            var follower = order[place - 1];
            var (gap, ahead) = state.Ahead(lane, place + 1, state.Along[follower] + state.Half[follower], slot);
            var after =
                ahead < 0
                    ? state.Idm[follower].Free(state.Speed[follower])
                    : state.Idm[follower].Accelerate(state.Speed[follower], gap, state.Speed[ahead]);
            oldFollowerGain = after - AccelerationOf(follower, place - 1);
        }

        var incentive = mobil.Incentive(own, ownAfter, newFollowerGain, oldFollowerGain);
        if (incentive > best)
        {
            best = incentive;
            bestTarget = target;
        }
    }

    /// <summary>What an occupant does now: a vehicle as decided, a guest or a shadow as if it followed by IDM.</summary>
    private double AccelerationOf(int slot, int place)
    {
        if (slot < state.Capacity)
            return state.Decided[slot];
        var front = state.Along[slot] + state.Half[slot];
        var (gap, ahead) = state.Ahead(state.Lane[slot], place + 1, front, state.Capacity);
        return ahead < 0
            ? state.Idm[slot].Free(state.Speed[slot])
            : state.Idm[slot].Accelerate(state.Speed[slot], gap, state.Speed[ahead]);
    }

    private bool AreNeighbours(int lane, int target) =>
        state.Graph.Left(lane) == target || state.Graph.Right(lane) == target;

    /// <summary>Whether a lower number has just begun a change into the same gap.</summary>
    private bool IsTaken(int vehicle, int target)
    {
        var along = state.Graph.Beside(state.Lane[vehicle], state.Along[vehicle], target);
        for (var i = 0; i < vehicle; i++)
        {
            if (state.Lane[i] != target || state.ChangeTime[i] != 0)
                continue;
            var between = Math.Abs(state.Along[i] - along) - state.Half[i] - state.Half[vehicle];
            var behind = state.Along[i] < along ? i : vehicle;
            if (between < state.Idm[behind].MinimumGap + state.Speed[behind])
                return true;
        }

        return false;
    }
}
