using SimEval.Worlds.Driving.Episodes;
using SimEval.Worlds.Driving.Sensing;
using SimEval.Worlds.Driving.Traffic;

namespace SimEval.Worlds.Driving.Policies;

/// <summary>
/// The reference driver: follows the route by pure pursuit and takes the lowest of the accelerations that the road, the
/// leader, whoever joins, whoever crosses and a stop line allow. It has no memory: its action is a function of what the flat
/// observation shows.
/// </summary>
internal sealed class ExpertPolicy : IPolicy
{
    private const double TimeHeadway = 1.4;
    private const double SqueezedHeadway = 0.6;
    private const double MinimumGap = 3;
    private const double Acceleration = 1.6;
    private const double Deceleration = 2.2;

    /// <summary>Speed in m/s on a road without a posted limit.</summary>
    private const double UnpostedSpeed = 50 / 3.6;

    /// <summary>Hardest braking in m/s2 for one who may still come in behind.</summary>
    private const double YieldingBraking = 3.5;

    /// <summary>Metres before a stop line at which it stands, and the least room that braking is reckoned with.</summary>
    private const double LineBuffer = 1;
    private const double LeastRoom = 0.3;

    /// <summary>Seconds between the ego and a crosser, before and after.</summary>
    private const double VehicleMargin = 1.2;
    private const double WalkerMargin = 1.6;

    /// <inheritdoc/>
    public void Act(IEpisode episode, Span<float> action)
    {
        var driving = (DrivingEpisode)episode;
        ref readonly var seen = ref driving.Perceive();
        driving.Encode(Accelerate(seen), seen.PursuitSteering, action);
    }

    /// <summary>The acceleration in m/s2 for what is seen.</summary>
    public static double Accelerate(in Perception seen)
    {
        var desired = seen.AllowedSpeed;
        if (double.IsPositiveInfinity(seen.Limit))
            desired = Math.Min(desired, Math.Max(UnpostedSpeed, seen.Speed));
        var idm = new Idm(Math.Max(desired, 1), TimeHeadway, MinimumGap, Acceleration, Deceleration);
        var a = seen.Speed > desired ? Math.Max(-4, desired - seen.Speed) : idm.Free(seen.Speed);
        var goesFirst = seen.Joiner.Present && Joining.GoesFirst(seen.Joiner);
        if (goesFirst && seen.Speed < desired)
            a = Math.Max(a, Math.Min(Joining.Acceleration, desired - seen.Speed));
        // To fit into a gap one comes closer to the car ahead for a while.
        var follows = goesFirst
            ? new Idm(Math.Max(desired, 1), SqueezedHeadway, MinimumGap, Acceleration, Deceleration)
            : idm;
        if (seen.Leader.Present)
            a = Math.Min(a, Follow(follows, seen.Speed, seen.Leader.Gap, seen.Leader.Speed));
        if (seen.Joiner.Present && !goesFirst)
            a = Math.Min(a, LetIn(idm, seen));
        if (seen.Crosser1.Present)
            a = Math.Min(a, GiveWay(idm, seen.Speed, seen.Crosser1));
        if (seen.Crosser2.Present)
            a = Math.Min(a, GiveWay(idm, seen.Speed, seen.Crosser2));
        if (seen.StopLine > 0)
            a = Math.Min(a, StopAt(idm, seen.Speed, Math.Max(seen.StopLine - LineBuffer, LeastRoom)));
        return Math.Max(a, -Idm.HardestBraking);
    }

    private static double Follow(in Idm idm, double speed, double gap, double leaderSpeed)
    {
        var a = idm.Accelerate(speed, Math.Max(gap, Idm.LeastGap), leaderSpeed);
        // IDM brakes harder than it must for a gap that is merely short; what avoids contact with room to spare is enough.
        var closing = Math.Max(0, speed - leaderSpeed);
        var needed = closing * closing / (2 * Math.Max(gap - 1.5, 0.3));
        return a < -2 ? Math.Max(a, -Math.Max(2, 1.6 * needed)) : a;
    }

    private static double LetIn(in Idm idm, in Perception seen)
    {
        var other = seen.Joiner;
        if (other.Gap < 0.5)
        {
            // Alongside: be behind it by the time it comes in.
            var time = Math.Max(other.Enters, 1);
            var behind = 3 - other.Gap - ((other.Speed - seen.Speed) * time);
            return -Math.Clamp(2 * behind / (time * time), 0, YieldingBraking);
        }

        var a = Math.Max(Follow(idm, seen.Speed, other.Gap, other.Speed), -YieldingBraking);
        // The later it comes in, the softer the answer, so that braking builds up.
        var closing = Math.Max(0, seen.Speed - other.Speed);
        var isPressing = closing * closing > 4 * Math.Max(other.Gap - 2, 0.1);
        return isPressing || a > 0 ? a : a * Math.Clamp(1.15 - (other.Enters / 1.6), 0.3, 1);
    }

    private static double GiveWay(in Idm idm, double speed, in Crosser other)
    {
        if (other.Distance <= 0)
            return double.PositiveInfinity;
        // The harder it would be to stop, the less time in between is asked for: no braking at the last moment for a
        // margin that was only comfortable.
        var room = Math.Max(other.Distance - Crossings.Buffer, LeastRoom);
        var effort = speed * speed / (2 * room);
        var margin = other.Vulnerable ? WalkerMargin : VehicleMargin;
        if (other.Slack > Math.Clamp(margin * (1.3 - (effort / 5)), 0.3, margin))
            return double.PositiveInfinity;
        return StopAt(idm, speed, room);
    }

    private static double StopAt(in Idm idm, double speed, double distance)
    {
        // Constant braking to the line, begun when it has become worthwhile; then held.
        var needed = speed * speed / (2 * distance);
        return needed < 1 ? idm.Accelerate(speed, distance - LeastRoom + MinimumGap, 0) : -needed;
    }
}
