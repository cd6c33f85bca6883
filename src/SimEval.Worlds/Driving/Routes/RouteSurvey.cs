using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Routes;

/// <summary>Asks the network, sample by sample, what lies around a route; done once when a world is bound.</summary>
internal sealed class RouteSurvey(RoadNetwork network, RouteFrame frame)
{
    private const double FarthestRoom = 8;
    private const double RoomStep = 0.5;
    private const double UnknownWidth = 3.5;

    public void Fill(int[] lane, double[] limit, double[] width, double[] shift, double[] leftRoom, double[] rightRoom)
    {
        var place = 0;
        for (var i = 0; i < frame.Count; i++)
        {
            var s = i * RouteFrame.Spacing;
            leftRoom[i] = Room(s, 1);
            rightRoom[i] = Room(s, -1);
            (lane[i], limit[i], width[i]) = (-1, double.PositiveInfinity, UnknownWidth);
            if (frame.Lanes.IsEmpty)
                continue;
            place = PlaceAt(s, place);
            var at = network.Lanes[frame.Lanes[place]];
            lane[i] = at.Index;
            limit[i] = double.IsNaN(at.SpeedLimit) ? double.PositiveInfinity : at.SpeedLimit;
            width[i] = at.Width;
        }

        FillShift(lane, shift);
    }

    /// <summary>The place in the route's lanes of the lane under the line, at or after the last one.</summary>
    private int PlaceAt(double s, int from)
    {
        var point = frame.PointAt(s);
        for (var place = from; place < Math.Min(from + 6, frame.Lanes.Length); place++)
        {
            if (network.Lanes[frame.Lanes[place]].Area.Contains(point.X, point.Y))
                return place;
        }

        return from;
    }

    private double Room(double s, int side)
    {
        for (var d = RoomStep; d <= FarthestRoom; d += RoomStep)
        {
            if (!IsRoad(frame.PointAt(s, side * d)))
                return d - RoomStep;
        }

        return FarthestRoom;
    }

    // Strictly on a lane: what lies in a seam between two is left to the exact test of the frame that comes there.
    private bool IsRoad(Point2 point)
    {
        Span<int> found = stackalloc int[8];
        var count = network.LanesAt(point.X, point.Y, found);
        foreach (var index in found[..count])
        {
            if (network.Lanes[index].IsDrivable)
                return true;
        }

        return false;
    }

    // While two consecutive lanes of the route are neighbours, the line crosses from one centre to the other.
    private void FillShift(int[] lane, double[] shift)
    {
        var moved = 0.0;
        for (var place = 0; place + 1 < frame.Lanes.Length; place++)
        {
            var (here, next) = (network.Lanes[frame.Lanes[place]], network.Lanes[frame.Lanes[place + 1]]);
            var side =
                here.LeftNeighbor == next.Index ? 1
                : here.RightNeighbor == next.Index ? -1
                : 0;
            if (side == 0)
                continue;
            var apart = side * (here.Width + next.Width) / 2;
            for (var i = 0; i < frame.Count; i++)
            {
                if (lane[i] != here.Index && lane[i] != next.Index)
                    continue;
                var point = frame.PointAt(i * RouteFrame.Spacing);
                shift[i] = moved + side * Math.Abs(here.Center.Project(point.X, point.Y).Lateral);
            }

            moved += apart;
            var last = Array.LastIndexOf(lane, next.Index);
            for (var i = last + 1; last >= 0 && i < frame.Count; i++)
                shift[i] = moved;
        }
    }
}
