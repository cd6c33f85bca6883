using SimEval.Scenarios.Layouts;
using SimEval.Worlds.Driving.Episodes;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>A bird's-eye image that turns with the ego; see <see cref="RasterCanvas"/> for its frame.</summary>
internal sealed class RasterObserver : IObserver
{
    private const int Channels = 6;

    private readonly ObservationSection section;
    private readonly RouteFrame route;
    private readonly LaneGraph graph;
    private readonly VehicleParameters vehicle;
    private readonly double reach;

    public RasterObserver(ObservationSection section, RouteFrame route, LaneGraph graph, VehicleParameters vehicle)
    {
        this.section = section;
        this.route = route;
        this.graph = graph;
        this.vehicle = vehicle;
        var (h, w) = (section.Height * section.Resolution, section.Width * section.Resolution);
        reach = Math.Sqrt((h * h) + (w * w));
        Layouts =
        [
            new TensorLayout(
                "raster",
                [Channels, section.Height, section.Width],
                $"(channels, rows, columns), 1 where there is something: drivable area, lane lines, route, vehicles and objects, pedestrians and cyclists, ego; {section.Resolution} m a pixel, ahead is up, the ego in the middle column a quarter from the bottom"
            ),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorLayout> Layouts { get; }

    /// <inheritdoc/>
    public int History => 0;

    /// <inheritdoc/>
    public void Write(DrivingEpisode episode, int tensor, Span<float> row)
    {
        row.Clear();
        ref readonly var ego = ref episode.Ego;
        var drivable = Channel(0, episode, row);
        var lines = Channel(1, episode, row);
        foreach (var lane in graph.Network.Lanes)
        {
            if (!lane.IsDrivable || lane.Area.Bounds.DistanceSquared(ego.X, ego.Y) > reach * reach)
                continue;
            drivable.Fill(lane.Left, lane.Right);
            if (lane.Kind == LaneKind.Connector)
                continue;
            lines.Draw(lane.Left);
            lines.Draw(lane.Right);
        }

        DrawRoute(episode, Channel(2, episode, row));
        var vehicles = Channel(3, episode, row);
        var vulnerable = Channel(4, episode, row);
        foreach (ref readonly var actor in episode.Actors.Present)
        {
            var box = new OrientedBox(actor.X, actor.Y, actor.Cos, actor.Sin, actor.HalfLength, actor.HalfWidth);
            if (actor.Class == AgentClass.Vulnerable)
                vulnerable.Fill(box);
            else
                vehicles.Fill(box);
        }

        Channel(5, episode, row)
            .Fill(new OrientedBox(ego.X, ego.Y, ego.Cos, ego.Sin, vehicle.Length / 2, vehicle.Width / 2));
    }

    private RasterCanvas Channel(int channel, DrivingEpisode episode, Span<float> row)
    {
        var size = section.Height * section.Width;
        var pixels = row.Slice(channel * size, size);
        return new RasterCanvas(pixels, section.Height, section.Width, section.Resolution, episode.Ego);
    }

    private void DrawRoute(DrivingEpisode episode, RasterCanvas canvas)
    {
        var s = episode.Perceive().S;
        var to = Math.Min(route.Length, s + reach);
        var from = Math.Max(0, s - reach);
        for (var at = from; at < to; at += RouteFrame.Spacing)
            canvas.Draw(route.PointAt(at), route.PointAt(Math.Min(at + RouteFrame.Spacing, to)));
    }
}
