using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Traffic;

/// <summary>
/// Vehicles that drive by themselves: IDM along lanes, MOBIL between them, lights and right of way obeyed. One step is
/// synchronous: every decision is taken from the state before it, so that no result depends on an order of vehicles
/// (two that want the same gap in the same step: the lower number goes). Allocates nothing per step.
/// </summary>
public sealed class TrafficFlow
{
    private readonly TrafficState state;
    private readonly LaneChanges changes;
    private readonly Yielding yielding;
    private int guestCount;

    /// <summary>An empty flow.</summary>
    /// <param name="graph">The lanes.</param>
    /// <param name="capacity">Most vehicles.</param>
    /// <param name="guests">Most guests (see <see cref="AddGuest"/>).</param>
    /// <param name="mobil">How lane changes are decided.</param>
    public TrafficFlow(LaneGraph graph, int capacity, int guests, Mobil mobil)
    {
        state = new TrafficState(graph, capacity, guests);
        changes = new LaneChanges(state, mobil);
        yielding = new Yielding(state);
    }

    /// <summary>Most vehicles.</summary>
    public int Capacity => state.Capacity;

    /// <summary>Number of vehicles that ever entered, those included that have left.</summary>
    public int Count => state.Count;

    /// <summary>x in m of every vehicle's centre, local frame.</summary>
    public ReadOnlySpan<double> X => state.X.AsSpan(0, Count);

    /// <summary>y in m.</summary>
    public ReadOnlySpan<double> Y => state.Y.AsSpan(0, Count);

    /// <summary>Heading in rad.</summary>
    public ReadOnlySpan<double> Heading => state.Heading.AsSpan(0, Count);

    /// <summary>Speed along the lane in m/s.</summary>
    public ReadOnlySpan<double> Speed => state.Speed.AsSpan(0, Count);

    /// <summary>Acceleration of the last step in m/s2.</summary>
    public ReadOnlySpan<double> Acceleration => state.Acceleration.AsSpan(0, Count);

    /// <summary>Lane, or -1 for a vehicle that has left the network.</summary>
    public ReadOnlySpan<int> Lane => state.Lane.AsSpan(0, Count);

    /// <summary>Arc length on the lane in m.</summary>
    public ReadOnlySpan<double> Along => state.Along.AsSpan(0, Count);

    /// <summary>Metres left of the lane's centre line.</summary>
    public ReadOnlySpan<double> Offset => state.Offset.AsSpan(0, Count);

    /// <summary>Length of the boxes in m.</summary>
    public ReadOnlySpan<double> Length => state.Length.AsSpan(0, Count);

    /// <summary>Width of the boxes in m.</summary>
    public ReadOnlySpan<double> Width => state.Width.AsSpan(0, Count);

    /// <summary>Lets a vehicle in; returns its number.</summary>
    public int Add(in Driver driver)
    {
        var i = state.Count++;
        var shadow = state.ShadowOf(i);
        state.Lane[i] = driver.Lane;
        state.Along[i] = driver.Along;
        state.Speed[i] = driver.Speed;
        state.Half[i] = state.Half[shadow] = driver.Length / 2;
        state.Idm[i] = state.Idm[shadow] = driver.Idm;
        state.Length[i] = driver.Length;
        state.Width[i] = driver.Width;
        state.MayChange[i] = driver.ChangesLanes;
        state.Traveller[i] = driver.Traveller;
        state.Ways[i] = driver.Way;
        state.LimitFactor[i] = driver.LimitFactor;
        state.DesiredSpeed[i] = driver.Idm.DesiredSpeed;
        state.ChangeTime[i] = -1;
        state.Target[i] = -1;
        state.Order.Add(i);
        ObeyLimit(i);
        Pose(i);
        return i;
    }

    /// <summary>Forgets all guests; they are named anew before each step.</summary>
    public void ClearGuests()
    {
        for (var g = 0; g < guestCount; g++)
            state.Lane[(2 * state.Capacity) + g] = -1;
        guestCount = 0;
    }

    /// <summary>Puts something on a lane that vehicles see but that does not drive by this model; ignored when there is no room.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="along">Arc length of its centre in m.</param>
    /// <param name="speed">Along the lane in m/s.</param>
    /// <param name="half">Half of its extent along the lane in m.</param>
    public void AddGuest(int lane, double along, double speed, double half)
    {
        var slot = (2 * state.Capacity) + guestCount;
        if (slot >= state.Lane.Length)
            return;
        guestCount++;
        state.Lane[slot] = lane;
        state.Along[slot] = along;
        state.Speed[slot] = Math.Max(0, speed);
        state.Half[slot] = half;
        state.Idm[slot] = Idm.Highway(Math.Max(1, speed * 1.1));
        state.Order.Add(slot);
    }

    /// <summary>Starts a scripted lane change (a cut-in) that takes this many seconds; ignored where there is no such lane.</summary>
    public void ChangeLane(int vehicle, bool toLeft, double duration)
    {
        var lane = state.Lane[vehicle];
        if (lane < 0 || state.IsChanging(vehicle))
            return;
        var target = toLeft ? state.Graph.Left(lane) : state.Graph.Right(lane);
        if (target >= 0)
            changes.Begin(vehicle, target, duration);
    }

    /// <summary>Lets a vehicle accelerate by at most this, in m/s2, in the next step, whatever the model wants (a script).</summary>
    public void Bound(int vehicle, double acceleration) => state.Bound[vehicle] = acceleration;

    /// <summary>Changes the speed that a vehicle wishes to drive, in m/s, above 0.</summary>
    public void Wish(int vehicle, double desiredSpeed)
    {
        state.DesiredSpeed[vehicle] = desiredSpeed;
        ObeyLimit(vehicle);
    }

    /// <summary>One step: neighbours, accelerations, rules, lane changes, motion, poses.</summary>
    /// <param name="dt">Seconds.</param>
    /// <param name="lights">What each light of the network shows; empty where there are none.</param>
    public void Step(double dt, ReadOnlySpan<LightState> lights)
    {
        PlaceShadows();
        state.Order.Sort(state.Lane, state.Along);
        Follow();
        yielding.Apply(lights);
        changes.Decide();
        Move(dt);
        changes.Begin();
        for (var i = 0; i < state.Count; i++)
        {
            if (state.Lane[i] >= 0)
                Pose(i);
        }
    }

    /// <summary>The running hash after everything that the next step depends on.</summary>
    public ulong Chain(ulong hash)
    {
        var n = state.Count;
        hash = Hash64.Chain(hash, state.Along.AsSpan(0, n));
        hash = Hash64.Chain(hash, state.Speed.AsSpan(0, n));
        hash = Hash64.Chain(hash, state.Offset.AsSpan(0, n));
        hash = Hash64.Chain(hash, state.ChangeTime.AsSpan(0, n));
        return Hash64.Chain(hash, System.Runtime.InteropServices.MemoryMarshal.AsBytes(state.Lane.AsSpan(0, n)));
    }

    private void PlaceShadows()
    {
        for (var i = 0; i < state.Count; i++)
        {
            var shadow = state.ShadowOf(i);
            if (state.Lane[shadow] < 0)
                continue;
            var lane = state.Lane[i];
            var old =
                state.ChangeFrom[i] < 0 ? state.Graph.Right(Math.Max(0, lane)) : state.Graph.Left(Math.Max(0, lane));
            if (lane < 0 || old < 0 || !changes.StillBlocksOldLane(i))
            {
                state.Lane[shadow] = -1;
                continue;
            }

            state.Lane[shadow] = old;
            state.Along[shadow] = state.Graph.Beside(lane, state.Along[i], old);
            state.Speed[shadow] = state.Speed[i];
        }
    }

    private void Follow()
    {
        var order = state.Order;
        for (var place = 0; place < order.Count; place++)
        {
            var slot = order[place];
            if (slot >= state.Capacity)
                continue;
            var front = state.Along[slot] + state.Half[slot];
            var (gap, leader) = state.Ahead(state.Lane[slot], place + 1, front, slot);
            var decided =
                leader < 0
                    ? state.Idm[slot].Free(state.Speed[slot])
                    : state.Idm[slot].Accelerate(state.Speed[slot], gap, state.Speed[leader]);
            state.Decided[slot] = Math.Min(decided, state.Bound[slot]);
        }
    }

    private void Move(double dt)
    {
        for (var i = 0; i < state.Count; i++)
        {
            if (state.Lane[i] < 0)
                continue;
            state.Bound[i] = double.PositiveInfinity;
            var a = state.Decided[i];
            var v = state.Speed[i];
            var next = v + (a * dt);
            double moved;
            if (next < 0)
            {
                moved = v * v / (-2 * a);
                a = -v / dt;
                next = 0;
            }
            else
            {
                moved = (v + next) * 0.5 * dt;
            }

            state.Acceleration[i] = a;
            state.Speed[i] = next;
            state.Along[i] += moved;
            changes.Advance(i, dt);
            if (state.Along[i] >= state.Graph.Length(state.Lane[i]))
                EnterNextLane(i);
        }
    }

    private void EnterNextLane(int i)
    {
        var lane = state.Lane[i];
        var next = state.Next(i, lane);
        state.Along[i] -= state.Graph.Length(lane);
        state.Lane[i] = next;
        state.Segment[i] = 0;
        if (next >= 0)
            ObeyLimit(i);
    }

    private void ObeyLimit(int i)
    {
        var limit = state.Graph[state.Lane[i]].SpeedLimit * state.LimitFactor[i];
        var wish = state.DesiredSpeed[i];
        var speed = Math.Max(0.5, limit < wish ? limit : wish);
        var idm = state.Idm[i];
        if (speed == idm.DesiredSpeed)
            return;
        state.Idm[i] = new Idm(speed, idm.TimeHeadway, idm.MinimumGap, idm.Acceleration, idm.Deceleration);
        state.Idm[state.ShadowOf(i)] = state.Idm[i];
    }

    private void Pose(int i)
    {
        var center = state.Graph[state.Lane[i]].Center;
        var offset = state.Offset[i];
        var on = center.At(state.Along[i], ref state.Segment[i]);
        if (offset == 0 && !state.IsChanging(i))
        {
            (state.X[i], state.Y[i], state.Heading[i]) = (on.X, on.Y, on.Heading);
            return;
        }

        var (sin, cos) = PureMath.SinCos(on.Heading);
        state.X[i] = on.X - (offset * sin);
        state.Y[i] = on.Y + (offset * cos);
        state.Heading[i] = on.Heading + changes.Slant(i);
    }
}
