using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>
/// Makes a <see cref="Perception"/> of a frame. Others are foreseen for a few seconds at constant speed: those that drive
/// along the road in its coordinates, all others straight on. Allocates nothing.
/// </summary>
internal sealed class Perceiver(RouteFrame route, VehicleParameters vehicle)
{
    private const double SightAhead = 120;
    private const double SightBehind = 60;
    private const double Foresight = 4.8;
    private const double TimeStep = 0.3;
    private const double CrossingForesight = 8;

    /// <summary>Metres beside the ego's own width that its path takes.</summary>
    private const double PathMargin = 0.3;

    /// <summary>Within this cosine of the route's direction a vehicle counts as driving along the road (37 degrees).</summary>
    private const double AlongCosine = 0.8;

    /// <summary>Below this cosine someone moving over the path is taken to cross it (60 degrees).</summary>
    private const double PassingCosine = 0.5;

    /// <summary>Sideways speed in m/s below which a vehicle keeps its lane.</summary>
    private const double SteadySideways = 0.25;

    private readonly double halfLength = vehicle.Length / 2;
    private readonly double pathHalf = (vehicle.Width / 2) + PathMargin;

    /// <summary>Looks at a frame.</summary>
    /// <param name="ego">The ego.</param>
    /// <param name="hint">Where it was on the route.</param>
    /// <param name="actors">The others.</param>
    /// <param name="stopLine">Metres along the route of the next line whose light says stop; infinity: none.</param>
    /// <param name="cruise">Speed that is asked for, in m/s.</param>
    /// <param name="seen">What is seen.</param>
    public void Look(
        in EgoState ego,
        ref int hint,
        ActorTable actors,
        double stopLine,
        double cruise,
        out Perception seen
    )
    {
        seen = default;
        var (s, d) = route.Locate(ego.X, ego.Y, ref hint);
        Place(ego, s, d, ref seen);
        seen.AllowedSpeed = Math.Min(seen.AllowedSpeed, cruise);
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
            // Someone who is just passing over the path, or whose tail still hangs over it in a bend, is no leader.
            var passes = c < PassingCosine && actor.Speed > 1;
            if (ahead > 0 && (!passes || (!Cross(actor, ref seen) && Math.Abs(d) < pathHalf)))
                Lead(actors.Accelerations[actor.Id], ahead - spread.Along - halfLength, along, ref seen);
            return;
        }

        if (c > AlongCosine && actor.Class == AgentClass.Vehicle)
        {
            Beside(ahead, d, along, spread, s, ref seen);
            Join(actor, actors, (s, d), along, sideways, spread, ref seen);
        }
        else if (actor.Speed > 0.1 && (c > -AlongCosine || actor.Class == AgentClass.Vulnerable))
        {
            Cross(actor, ref seen);
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
        var reachAlong = spread.Along + halfLength;
        var gap = at.S - seen.S - reachAlong;
        // Whoever will be well behind by then follows the ego; only what comes in ahead or alongside matters.
        var slowing = Math.Min(0, actors.Accelerations[actor.Id]);
        var held = seen.S - at.S - reachAlong + ((seen.Speed - along - (0.5 * slowing * enters)) * enters);
        if (at.S < seen.S && held > Joining.RoomBehind)
            return;
        var gain = Math.Min(Joining.Acceleration * enters, Math.Max(0, seen.AllowedSpeed - seen.Speed));
        var lead = held + (0.5 * gain * enters);
        var found = new Obstacle
        {
            Present = true,
            Gap = gap,
            Speed = along,
            Acceleration = actors.Accelerations[actor.Id],
            Aside = Math.Abs(at.D) - reach,
            Closing = closing,
            Enters = enters,
            Lead = lead,
        };
        if (!seen.Joiner.Present || Urgency(found, seen) > Urgency(seen.Joiner, seen))
            seen.Joiner = found;
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

    private bool Cross(in AgentSample actor, ref Perception seen)
    {
        var reach = (actor.Speed * CrossingForesight) + actor.HalfLength;
        if (!route.MeetsRay((actor.X, actor.Y), (actor.Cos, actor.Sin), reach, seen.S, SightAhead, out var meets))
            return false;
        var slant = Math.Max(Math.Abs(meets.Sine), 0.35);
        // What of its length and of the path's width passes while both overlap, measured along its way and along the route.
        var alongActor = actor.HalfLength + (pathHalf / slant);
        var alongRoute = (actor.HalfWidth / slant) + (actor.HalfLength * Math.Abs(meets.Cosine)) + PathMargin;
        var leaves = (meets.Distance + alongActor) / actor.Speed;
        var distance = meets.S - alongRoute - seen.S - halfLength;
        var beyond = meets.S + alongRoute - seen.S + halfLength;
        if (leaves < 0 || beyond < 0)
            return false;
        var found = new Crosser
        {
            Present = true,
            Distance = Math.Max(0, distance),
            Extent = beyond - Math.Max(0, distance),
            Enters = Math.Max(0, (meets.Distance - alongActor) / actor.Speed),
            Leaves = leaves,
            Vulnerable = actor.Class == AgentClass.Vulnerable,
        };
        (found.Arrives, found.Clears) = Crossings.Times(found, seen.Speed, seen.AllowedSpeed);
        Keep(found, ref seen);
        return true;
    }

    /// <summary>Keeps the two with the least slack.</summary>
    private static void Keep(in Crosser found, ref Perception seen)
    {
        if (!seen.Crosser1.Present || found.Slack < seen.Crosser1.Slack)
        {
            seen.Crosser2 = seen.Crosser1;
            seen.Crosser1 = found;
        }
        else if (!seen.Crosser2.Present || found.Slack < seen.Crosser2.Slack)
        {
            seen.Crosser2 = found;
        }
    }

    /// <summary>How much someone who joins presses: those whom the ego precedes least, those alongside most.</summary>
    private static double Urgency(in Obstacle joiner, in Perception seen)
    {
        var closing = Math.Max(0, seen.Speed - joiner.Speed);
        var pressure = ((closing * closing / 2) + seen.Speed) / Math.Max(joiner.Gap, 0.5);
        return Joining.GoesFirst(joiner) ? pressure * 0.02 : pressure / (1 + joiner.Enters);
    }

    private readonly record struct Spread(double Along, double Across);
}
