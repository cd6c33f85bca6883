using SimEval.Scenarios.Units;

namespace SimEval.Worlds.Driving.Sections;

/// <summary>Reads one entry of `traffic`: an object whose first known key says what it is.</summary>
internal static class TrafficReader
{
    private const double Anywhere = 50_000;

    public static TrafficItem? Read(JsonSection entry)
    {
        if (entry.Has("fill"))
            return ReadFill(entry);
        TrafficItem? item =
            entry.Object("cutsIn") is { } cut ? Close(cut, ReadCutsIn(cut))
            : entry.Object("jam") is { } jam ? Close(jam, ReadJam(jam))
            : entry.Object("jaywalker") is { } walker ? Close(walker, ReadJaywalker(walker))
            : entry.Object("oncoming") is { } stream ? Close(stream, ReadOncoming(stream))
            : entry.Object("parked") is { } parked ? Close(parked, ReadParked(parked))
            : entry.Object("vehicle") is { } vehicle ? Close(vehicle, ReadVehicle(vehicle))
            : null;
        if (item is null)
            entry.ReportEmpty();
        return item;
    }

    private static TrafficItem Close(JsonSection section, TrafficItem item)
    {
        section.Done();
        return item;
    }

    private static Fill ReadFill(JsonSection entry)
    {
        var density = entry.Quantity("fill", Dimension.PerLength, 0, 0, 0.2);
        entry.Choice("model", "idm", "idm");
        return new Fill
        {
            Path = entry.Path,
            Density = density,
            Lanes = [.. (entry.Quantities("lanes", Dimension.Number, 8, 0, 7) ?? []).Select(lane => (int)lane)],
            Speed = entry.Quantity("speed", Dimension.Speed, double.NaN, 0.5, 60),
            ChangesLanes = entry.Flag("changesLanes", true),
        };
    }

    private static CutsIn ReadCutsIn(JsonSection cut) =>
        new()
        {
            Path = cut.Path,
            Gap = cut.Quantity("gap", Dimension.Length, 15, 0.5, 500),
            Duration = cut.Quantity("duration", Dimension.Time, 3, 0.5, 20),
            After = cut.Quantity("after", Dimension.Time, 2, 0, 600),
            Speed = cut.Quantity("speed", Dimension.Speed, double.NaN, 0, 60),
            Slower = cut.Quantity("slower", Dimension.Speed, 4, -30, 60),
            From = cut.Choice("from", "left", "left", "right"),
        };

    private static Jam ReadJam(JsonSection jam) =>
        new()
        {
            Path = jam.Path,
            Gap = jam.Quantity("gap", Dimension.Length, 20, 1, 500),
            Fastest = jam.Quantity("fastest", Dimension.Speed, 10, 0.5, 60),
            Slowest = jam.Quantity("slowest", Dimension.Speed, 0, 0, 60),
            Period = jam.Quantity("period", Dimension.Time, 16, 2, 600),
            Braking = jam.Quantity("braking", Dimension.Acceleration, 3, 0.1, 9),
        };

    private static Jaywalker ReadJaywalker(JsonSection walker) =>
        new()
        {
            Path = walker.Path,
            Ahead = walker.Quantity("ahead", Dimension.Length, 70, 5, Anywhere),
            When = walker.Quantity("when", Dimension.Time, 3, 0.1, 60),
            Speed = walker.Quantity("speed", Dimension.Speed, 1.4, 0.1, 10),
            From = walker.Choice("from", "right", "left", "right"),
            Aside = walker.Quantity("aside", Dimension.Length, 1.5, 0, 50),
        };

    private static Oncoming ReadOncoming(JsonSection stream) =>
        new()
        {
            Path = stream.Path,
            Every = stream.Quantity("every", Dimension.Time, 5, 0.5, 600),
            Speed = stream.Quantity("speed", Dimension.Speed, 12, 0.5, 60),
            Count = stream.Integer("count", 8, 1, 100),
        };

    private static Parked ReadParked(JsonSection parked) =>
        new()
        {
            Path = parked.Path,
            Ahead = parked.Quantity("ahead", Dimension.Length, 40, 0, Anywhere),
            Count = parked.Integer("count", 1, 1, 100),
            Spacing = parked.Quantity("spacing", Dimension.Length, 7, 4.6, 500),
            Side = parked.Choice("side", "right", "left", "right"),
            Aside = parked.Quantity("aside", Dimension.Length, 0.4, -3, 20),
        };

    private static SingleVehicle ReadVehicle(JsonSection vehicle) =>
        new()
        {
            Path = vehicle.Path,
            Lane = vehicle.Integer("lane", -1, 0, 7),
            Ahead = vehicle.Quantity("ahead", Dimension.Length, 40, -1000, Anywhere),
            Speed = vehicle.Quantity("speed", Dimension.Speed, double.NaN, 0, 60),
            Wants = vehicle.Quantity("wants", Dimension.Speed, double.NaN, 0.5, 60),
            ChangesLanes = vehicle.Flag("changesLanes", false),
            Turn = vehicle.Choice("turn", "straight", "left", "straight", "right"),
            Stands = vehicle.Flag("stands", false),
        };
}
