using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Traffic;

/// <summary>
/// Rules that a car-following model does not know: stop lines under red, and giving way where lanes cross or merge. Both
/// act as a standing leader at the line.
/// </summary>
internal sealed class Yielding(TrafficState state)
{
    /// <summary>How far ahead of the front bumper rules are looked for, in m.</summary>
    private const double Lookahead = 60;

    /// <summary>A line that needs harder braking than this, in m/s2, is passed: too late to stop.</summary>
    private const double HardestStop = 5;

    /// <summary>Seconds that the one who gives way leaves between itself and the other.</summary>
    private const double Margin = 1.5;

    /// <summary>Lowers the decided accelerations where a rule demands it.</summary>
    public void Apply(ReadOnlySpan<LightState> lights)
    {
        for (var i = 0; i < state.Count; i++)
        {
            var lane = state.Lane[i];
            if (lane >= 0 && state.Graph.IsRegulatedAhead(lane))
                Regulate(i, lane, lights);
        }
    }

    private void Regulate(int vehicle, int lane, ReadOnlySpan<LightState> lights)
    {
        var front = state.Along[vehicle] + state.Half[vehicle];
        var behind = 0.0;
        for (var hop = 0; hop < 4 && lane >= 0 && behind - front < Lookahead; hop++)
        {
            ObeyLights(vehicle, lane, behind - front, lights);
            foreach (var conflict in state.Graph.Conflicts(lane))
                GiveWay(vehicle, lane, conflict, behind - front);
            behind += state.Graph.Length(lane);
            lane = state.Next(vehicle, lane);
        }
    }

    private void ObeyLights(int vehicle, int lane, double offset, ReadOnlySpan<LightState> lights)
    {
        var road = state.Graph[lane];
        if (road.Lights.IsEmpty || lights.IsEmpty)
            return;
        var stopLine = double.IsNaN(road.StopLine) ? road.Length : road.StopLine;
        var distance = offset + stopLine;
        if (distance < 0)
            return;
        foreach (var light in road.Lights)
        {
            if (lights[light] is LightState.Red or LightState.RedYellow or LightState.Yellow)
            {
                StopBefore(vehicle, distance);
                return;
            }
        }
    }

    private void GiveWay(int vehicle, int lane, in Conflict conflict, double offset)
    {
        var entry = offset + conflict.From;
        if (entry < 0 || entry > Lookahead)
            return;
        var speed = state.Speed[vehicle];
        var arrives = entry / Math.Max(speed, 2);
        var clears = (offset + conflict.To + (2 * state.Half[vehicle])) / Math.Max(speed, 2);
        var order = state.Order;
        var other = conflict.Other;
        for (var place = order.Start(other); place < order.End(other); place++)
        {
            var slot = order[place];
            if (slot == vehicle || slot == state.ShadowOf(vehicle))
                continue;
            var (rear, nose) = (state.Along[slot] - state.Half[slot], state.Along[slot] + state.Half[slot]);
            if (rear > conflict.OtherTo)
                continue;
            if (nose >= conflict.OtherFrom)
            {
                // Someone is in there: nobody drives into them, whoever has the right of way.
                if (conflict.Kind == ConflictKind.Merge)
                    FollowInto(vehicle, slot, offset + conflict.To, conflict.OtherTo - rear);
                else
                    StopBefore(vehicle, entry);
                continue;
            }

            if (conflict.Yields && Meets(slot, conflict.OtherFrom - nose, conflict.OtherTo - rear, arrives, clears))
                StopBefore(vehicle, entry);
        }

        if (conflict.Yields)
            WatchApproach(vehicle, conflict, entry, arrives, clears);
    }

    /// <summary>The last vehicles before the other lane: it is often only a short connector.</summary>
    private void WatchApproach(int vehicle, in Conflict conflict, double entry, double arrives, double clears)
    {
        var order = state.Order;
        foreach (var before in state.Graph[conflict.Other].Predecessors)
        {
            var place = order.End(before) - 1;
            if (place < order.Start(before) || before == state.Lane[vehicle])
                continue;
            var slot = order[place];
            if (slot < state.Capacity && state.Next(slot, before) != conflict.Other)
                continue;
            var ahead = state.Graph.Length(before) - state.Along[slot];
            var half = state.Half[slot];
            if (Meets(slot, ahead - half + conflict.OtherFrom, ahead + half + conflict.OtherTo, arrives, clears))
                StopBefore(vehicle, entry);
        }
    }

    private bool Meets(int slot, double toEntry, double toExit, double arrives, double clears)
    {
        var speed = state.Speed[slot];
        if (speed < 0.3 && toEntry > 1)
            return false;
        var pace = Math.Max(speed, 1);
        return (toEntry / pace) - Margin < clears && arrives < (toExit / pace) + Margin;
    }

    private void FollowInto(int vehicle, int slot, double toEnd, double otherToEnd)
    {
        // Both distances end at the same point, so their difference is the gap once the lanes are one.
        var gap = toEnd - otherToEnd;
        if (gap <= 0)
            return;
        var accelerate = state.Idm[vehicle].Accelerate(state.Speed[vehicle], gap, state.Speed[slot]);
        state.Decided[vehicle] = Math.Min(state.Decided[vehicle], accelerate);
    }

    private void StopBefore(int vehicle, double distance)
    {
        var speed = state.Speed[vehicle];
        if (speed * speed > 2 * HardestStop * distance)
            return;
        var accelerate = state.Idm[vehicle].Accelerate(speed, distance + 1, 0);
        state.Decided[vehicle] = Math.Min(state.Decided[vehicle], accelerate);
    }
}
