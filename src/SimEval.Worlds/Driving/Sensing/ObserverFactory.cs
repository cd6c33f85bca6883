using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>The observer of a layout.</summary>
internal static class ObserverFactory
{
    public static IObserver Create(
        ObservationSection section,
        RouteFrame route,
        LaneGraph graph,
        VehicleParameters vehicle
    ) =>
        section.Kind switch
        {
            "vector" => new VectorObserver(section, route, graph),
            "raster" => new RasterObserver(section, route, graph, vehicle),
            _ => new FlatObserver(),
        };
}
