using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Routes;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>
/// Makes a <see cref="Perception"/> of a frame. Others are foreseen for a few seconds at constant speed: those that drive
/// along the road in its coordinates, all others straight on. Allocates nothing.
/// </summary>
internal sealed class Perceiver(RouteFrame route, EgoVehicle vehicle)
{
    private const double SightAhead = 120;
    private const double SightBehind = 60;
    private const double Foresight = 4.8;
    private const double TimeStep = 0.3;

    /// <summary>Metres beside the ego's own width that its path takes.</summary>
    private const double PathMargin = 0.3;

    /// <summary>Within this cosine of the route's direction a vehicle counts as driving along the road (37 degrees).</summary>
    private const double AlongCosine = 0.8;

    /// <summary>Sideways speed in m/s below which a vehicle keeps its lane.</summary>
    private const double SteadySideways = 0.25;

    private readonly double halfLength = vehicle.Length / 2;
    private readonly double pathHalf = (vehicle.Width / 2) + PathMargin;

    /// <summary>Looks at a frame.</summary>
    /// <param name="ego">The ego.</param>
    /// <param name="hint">Where it was on the route.</param>
    /// <param name="actors">The others.</param>
    /// <param name="stopLine">Metres along the route of the next line whose light says stop; infinity: none.</param>
    /// <param name="seen">What is seen.</param>
    public void Look(in EgoState ego, ref int hint, ActorTable actors, double stopLine, out Perception seen)
    {
        seen = default;
        var (s, d) = route.Locate(ego.X, ego.Y, ref hint);
        Place(ego, s, d, ref seen);
        seen.StopLine = stopLine - s - halfLength;
        foreach (ref readonly var actor in actors.Present)
            Consider(actor, actors, ref seen);
    }

    private void Place(in EgoState ego, double s, double d, ref Perception seen)
    {
        (seen.S, seen.D) = (s, d);
        var (cos, sin) = route.TangentAt(s);
        seen.HeadingError = PureMath.Asin(Math.Clamp((ego.Sin * cos) - (ego.Cos * sin), -1, 1));
        if ((ego.Cos * cos) + (ego.Sin * sin) < 0)
            seen.HeadingError = (seen.HeadingError < 0 ? -Math.PI : Math.PI) - seen.HeadingError;
        (seen.Speed, seen.Acceleration) = (ego.Speed, ego.Acceleration);
        (seen.Steering, seen.YawRate) = (ego.Steering, ego.YawRate);
        seen.Limit = route.LimitAt(s);
        seen.Curvature0 = route.CurvatureAt(s);
        seen.Curvature10 = route.CurvatureAt(s + 10);
        seen.Curvature20 = route.CurvatureAt(s + 20);
        seen.Curvature40 = route.CurvatureAt(s + 40);
        seen.Curvature80 = route.CurvatureAt(s + 80);
        seen.RouteLeft = route.Length - s;
        seen.AllowedSpeed = route.AllowedAt(s);
        seen.PursuitSteering = Pursue(ego, s);
    }

    private double Pursue(in EgoState ego, double s)
    {
        var lookahead = Math.Clamp(1 + (0.9 * ego.Speed), 5, 40);
        var target = route.PointAt(s + lookahead);
        var (dx, dy) = (target.X - ego.X, target.Y - ego.Y);
        var left = (dy * ego.Cos) - (dx * ego.Sin);
        var angle = PureMath.Atan(2 * vehicle.Wheelbase * left / ((dx * dx) + (dy * dy)));
        return Math.Clamp(angle, -vehicle.MaximumSteering, vehicle.MaximumSteering);
    }

    private void Consider(in AgentSample actor, ActorTable actors, ref Perception seen)
    {
        ref var hint = ref actors.Hints[actor.Id];
        if (hint < 0)
        {
            var (far, _) = route.Locate(actor.X, actor.Y);
            hint = route.IndexAt(far);
        }

        var (s, d) = route.Locate(actor.X, actor.Y, ref hint);
        var ahead = s - seen.S;
        if (ahead > SightAhead || ahead < -SightBehind)
            return;
        var (cos, sin) = route.TangentAt(s);
        var c = (actor.Cos * cos) + (actor.Sin * sin);
        var q = (actor.Sin * cos) - (actor.Cos * sin);
        var spread = new Spread(
            (actor.HalfLength * Math.Abs(c)) + (actor.HalfWidth * Math.Abs(q)),
            (actor.HalfLength * Math.Abs(q)) + (actor.HalfWidth * Math.Abs(c))
        );
        var along = actor.Speed * c;
        var sideways = actor.Speed * q;
        var aside = Math.Abs(d) - spread.Across - pathHalf;
        var blocksNow =
            aside < 0 || (ahead > 0 && ahead < 12 && Math.Abs(d - seen.D) < spread.Across + (vehicle.Width / 2));
        if (blocksNow)
        {
            if (ahead > 0)
                Lead(actors.Accelerations[actor.Id], ahead - spread.Along - halfLength, along, ref seen);
            return;
        }

        if (c > AlongCosine && actor.Class == AgentClass.Vehicle)
        {
            Beside(ahead, d, along, spread, s, ref seen);
            Join(actor, actors, (s, d), along, sideways, spread, ref seen);
        }
        else if (actor.Speed > 0.1)
        {
            Cross(actor, hint, spread, ref seen);
        }
    }

    private static void Lead(double acceleration, double gap, double speed, ref Perception seen)
    {
        if (seen.Leader.Present && gap >= seen.Leader.Gap)
            return;
        seen.Leader.Present = true;
        (seen.Leader.Gap, seen.Leader.Speed, seen.Leader.Acceleration) = (gap, speed, acceleration);
    }

    private void Beside(double ahead, double d, double speed, in Spread spread, double s, ref Perception seen)
    {
        var lane = route.WidthAt(s);
        if (Math.Abs(d) > 1.5 * lane)
            return;
        var reach = spread.Along + halfLength;
        var front = ahead >= 0;
        var gap = (front ? ahead : -ahead) - reach;
        ref var place = ref seen.RightBehind;
        if (d > 0)
            place = ref front ? ref seen.LeftAhead : ref seen.LeftBehind;
        else if (front)
            place = ref seen.RightAhead;
        if (place.Present && gap >= place.Gap)
            return;
        place.Present = true;
        (place.Gap, place.Speed) = (gap, speed);
    }

    private void Join(
        in AgentSample actor,
        ActorTable actors,
        (double S, double D) at,
        double along,
        double sideways,
        in Spread spread,
        ref Perception seen
    )
    {
        var reach = pathHalf + spread.Across;
        var enters = double.PositiveInfinity;
        var closing = at.D > 0 ? -sideways : sideways;
        if (closing > SteadySideways)
            enters = (Math.Abs(at.D) - reach) / closing;
        if (route.HasShift)
            enters = Math.Min(enters, EntersByShift(at, along, closing > SteadySideways ? sideways : 0, reach));
        if (!(enters < Foresight))
            return;
        var entry = at.S + (along * enters);
        var lead = enters - (Math.Max(0, entry - seen.S) / Math.Max(seen.Speed, 1));
        var gap = at.S - seen.S - spread.Along - halfLength;
        // Far behind it will follow the ego; only what comes in ahead or alongside matters.
        if (at.S < seen.S && lead > 0.8)
            return;
        if (seen.Joiner.Present && Urgency(gap, along, seen) <= Urgency(seen.Joiner.Gap, seen.Joiner.Speed, seen))
            return;
        seen.Joiner.Present = true;
        (seen.Joiner.Gap, seen.Joiner.Speed) = (gap, along);
        seen.Joiner.Acceleration = actors.Accelerations[actor.Id];
        seen.Joiner.Aside = Math.Abs(at.D) - reach;
        seen.Joiner.Closing = closing;
        seen.Joiner.Enters = enters;
        seen.Joiner.Lead = lead;
    }

    /// <summary>Seconds until the route's own change of lane brings it before someone who keeps theirs.</summary>
    private double EntersByShift((double S, double D) at, double along, double sideways, double reach)
    {
        var start = route.ShiftAt(at.S);
        for (var t = TimeStep; t <= Foresight; t += TimeStep)
        {
            var d = at.D + (sideways * t) - (route.ShiftAt(at.S + (along * t)) - start);
            if (Math.Abs(d) < reach)
                return t;
        }

        return double.PositiveInfinity;
    }

    private void Cross(in AgentSample actor, int hint, in Spread spread, ref Perception seen)
    {
        var (vx, vy) = (actor.Speed * actor.Cos, actor.Speed * actor.Sin);
        double enters = -1,
            leaves = 0,
            low = 0,
            high = 0;
        for (var t = TimeStep; t <= Foresight; t += TimeStep)
        {
            var (s, d) = route.Locate(actor.X + (vx * t), actor.Y + (vy * t), ref hint);
            var on = Math.Abs(d) < pathHalf + spread.Across && s <= route.Length;
            if (on && enters < 0)
                (enters, low, high) = (t - TimeStep, s, s);
            if (enters < 0)
                continue;
            if (!on)
                break;
            (leaves, low, high) = (t + TimeStep, Math.Min(low, s), Math.Max(high, s));
        }

        if (enters < 0)
            return;
        var size = Math.Max(spread.Along, actor.HalfWidth);
        var distance = low - size - seen.S - halfLength;
        var beyond = high + size - seen.S + halfLength;
        if (beyond < 0 || distance > SightAhead)
            return;
        var found = new Crosser
        {
            Present = true,
            Distance = Math.Max(0, distance),
            Extent = beyond - Math.Max(0, distance),
            Enters = enters,
            Leaves = leaves,
            Vulnerable = actor.Class == AgentClass.Vulnerable,
        };
        Keep(found, ref seen);
    }

    /// <summary>Keeps the two whose stretch begins first; of equal ones the one that comes first.</summary>
    private static void Keep(in Crosser found, ref Perception seen)
    {
        if (!seen.Crosser1.Present || Before(found, seen.Crosser1))
        {
            seen.Crosser2 = seen.Crosser1;
            seen.Crosser1 = found;
        }
        else if (!seen.Crosser2.Present || Before(found, seen.Crosser2))
        {
            seen.Crosser2 = found;
        }
    }

    private static bool Before(in Crosser a, in Crosser b) =>
        a.Enters != b.Enters ? a.Enters < b.Enters : a.Distance < b.Distance;

    /// <summary>How hard someone at this gap and speed presses: the braking in m/s2 that avoids touching.</summary>
    private static double Urgency(double gap, double speed, in Perception seen)
    {
        var closing = Math.Max(0, seen.Speed - speed);
        return ((closing * closing / 2) + seen.Speed) / Math.Max(gap, 0.5);
    }

    private readonly record struct Spread(double Along, double Across);
}
