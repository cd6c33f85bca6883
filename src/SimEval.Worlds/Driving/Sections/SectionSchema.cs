using Newtonsoft.Json.Linq;

namespace SimEval.Worlds.Driving.Sections;

/// <summary>The JSON schema (draft 7) of the section, for editors to complete with and for reports to state defaults from.</summary>
internal static class SectionSchema
{
    /// <summary>A fresh copy.</summary>
    public static JObject Create()
    {
        var schema = Closed(
            "Lanes, traffic and a car to drive. Lengths, times and speeds are written with their units.",
            (
                "commonRoad",
                WithItems(
                    Text(
                        "A CommonRoad XML file (2018b or 2020a), relative to this file; after # the planning problem: without, each gives a point."
                    )
                )
            ),
            ("road", When("commonRoad", false, LeftOut(Road()))),
            ("ego", When("commonRoad", false, LeftOut(Ego()))),
            ("traffic", List("Who else is there.", TrafficSchema.Item())),
            (
                "reactive",
                Flag(
                    "Whether a file's vehicles react (IDM along their lanes) instead of following their recording.",
                    false
                )
            ),
            (
                "timeStep",
                When("commonRoad", false, Quantity("Time of a step; a CommonRoad file brings its own.", "0.1 s"))
            ),
            (
                "duration",
                Quantity(
                    "Longest time of an episode. Default: 12 s; of a CommonRoad file, what its goal or recording says."
                )
            ),
            ("observation", LeftOut(Observation())),
            ("action", LeftOut(Action()))
        );
        schema["examples"] = new JArray(Example());
        return schema;
    }

    private static JObject Road() =>
        Closed(
            "A procedural road. Lane 0 is the rightmost.",
            ("lanes", Whole("Lanes in the ego's direction.", 3, 1, 8)),
            ("opposing", Whole("Lanes in the other direction.", 0, 0, 8)),
            ("length", Quantity("Length of the road.", "1 km")),
            ("laneWidth", Quantity("Width of a lane.", "3.5 m")),
            ("speedLimit", Quantity("Posted speed limit.", "130 km/h")),
            (
                "curves",
                List(
                    "Curves in the order in which one meets them.",
                    Closed(
                        "A curve.",
                        ("after", Quantity("Straight road before it.", "100 m")),
                        ("radius", Quantity("Radius of the rightmost lane.", "300 m")),
                        ("length", Quantity("Length of the curve.", "100 m")),
                        ("to", Choice("Which way.", "left", "left", "right"))
                    )
                )
            ),
            ("shoulder", Quantity("Width of a shoulder or parking strip on the right; 0 m: none.", "0 m")),
            ("sidewalk", Quantity("Width of sidewalks; 0 m: none.", "0 m")),
            (
                "merge",
                Closed(
                    "An on-ramp from the right with an acceleration lane.",
                    ("at", Quantity("Where the acceleration lane begins.", "250 m")),
                    ("length", Quantity("Length of the acceleration lane.", "250 m")),
                    ("approach", Quantity("Length of the ramp before it.", "180 m"))
                )
            ),
            ("crosswalks", List("Where pedestrians cross, along the road.", Quantity("Along the road."))),
            (
                "intersection",
                Closed(
                    "Two such roads that cross at right angles, instead of one road.",
                    ("arm", Quantity("Length of each arm up to its stop line.", "150 m")),
                    ("cornerRadius", Quantity("Radius of the curb at the corners.", "6 m")),
                    ("crosswalks", Flag("Whether pedestrians cross each arm.", false)),
                    (
                        "lights",
                        Closed(
                            "Traffic lights; north and south take turns with east and west.",
                            ("green", Quantity("Green.", "15 s")),
                            ("yellow", Quantity("Yellow after it.", "3 s")),
                            ("allRed", Quantity("Red for all before the others' green.", "1 s")),
                            ("offset", Quantity("When north and south turn green.", "0 s"))
                        )
                    )
                )
            )
        );

    private static JObject Ego() =>
        Closed(
            "The car that is driven. A CommonRoad file brings its own start and goal.",
            (
                "on",
                Choice(
                    "Where it starts; at an intersection, the arm it comes from.",
                    "road",
                    "road",
                    "ramp",
                    "south",
                    "east",
                    "north",
                    "west"
                )
            ),
            (
                "lane",
                Whole(
                    "Its lane. Default: 1 where there are several; for a turn, the lane that one turns from.",
                    null,
                    0,
                    7
                )
            ),
            ("turn", Choice("Where it goes at an intersection.", "straight", "left", "straight", "right")),
            ("position", Quantity("How far along its way it starts.", "50 m")),
            ("speed", Quantity("Speed at the start.", "25 m/s")),
            ("cruise", Quantity("Speed that it is asked to drive where it may. Default: the posted limit.")),
            ("vehicle", Whole("CommonRoad vehicle: 1 Ford Escort, 2 BMW 320i, 3 VW Vanagon.", 2, 1, 3)),
            ("reverse", Flag("Whether braking goes on into driving backwards.", false)),
            ("goal", Quantity("The episode ends this far along the route. Default: no goal."))
        );

    private static JObject Observation() =>
        Closed(
            "What a model sees; docs/formats/observations.md describes every value.",
            (
                "kind",
                Choice(
                    "flat: one vector for a small network; vector: ego, agents, route and lanes as tensors; raster: a bird's-eye image.",
                    "flat",
                    "flat",
                    "vector",
                    "raster"
                )
            ),
            ("agents", When("kind", "vector", Whole("vector: how many of the others, nearest first.", 16, 1, 128))),
            (
                "history",
                When(
                    "kind",
                    "vector",
                    Whole("vector: how many past frames of each, the present one included.", 5, 1, 50)
                )
            ),
            ("routePoints", When("kind", "vector", Whole("vector: points of the route ahead.", 20, 2, 200))),
            ("lanes", When("kind", "vector", Whole("vector: how many lanes, nearest first.", 8, 1, 64))),
            ("lanePoints", When("kind", "vector", Whole("vector: points of each lane.", 20, 2, 100))),
            ("height", When("kind", "raster", Whole("raster: rows, along the heading.", 64, 8, 512))),
            ("width", When("kind", "raster", Whole("raster: columns.", 64, 8, 512))),
            ("resolution", When("kind", "raster", Quantity("raster: size of a pixel.", "0.5 m")))
        );

    private static JObject Action() =>
        Closed(
            "What a model answers.",
            (
                "kind",
                Choice(
                    "What the numbers mean.",
                    "accelerationSteeringAngle",
                    "accelerationSteeringAngle",
                    "accelerationSteeringRate",
                    "waypoints"
                )
            ),
            (
                "scale",
                List(
                    "What a 1 means: m/s2 and rad (or rad/s); for waypoints one number of metres. Default: [4, 0.2], waypoints [10].",
                    new JObject { ["type"] = "number" }
                )
            ),
            ("waypoints", When("kind", "waypoints", Whole("How many points.", 8, 1, 64))),
            ("spacing", When("kind", "waypoints", Quantity("Time between two points.", "0.5 s")))
        );

    private static JObject Example() =>
        new()
        {
            ["road"] = new JObject { ["lanes"] = 3, ["length"] = "1 km" },
            ["ego"] = new JObject
            {
                ["lane"] = 1,
                ["speed"] = "25 m/s",
                ["cruise"] = "25 m/s",
            },
            ["traffic"] = new JArray(
                new JObject
                {
                    ["cutsIn"] = new JObject { ["gap"] = "15 m", ["slower"] = "5 m/s" },
                },
                new JObject { ["fill"] = "12 /km" }
            ),
        };

    internal static JObject Closed(string description, params (string Key, JObject Schema)[] properties)
    {
        var inner = new JObject();
        foreach (var (key, schema) in properties)
            inner[key] = schema;
        return new JObject
        {
            ["description"] = description,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = inner,
        };
    }

    /// <summary>A default that applies only where the key beside it is there (true), absent (false) or of this value.</summary>
    internal static JObject When(string key, JToken condition, JObject schema)
    {
        schema["x-when"] = new JObject { [key] = condition };
        return schema;
    }

    // A file that is named as a whole gives a point for each of its items.
    private static JObject WithItems(JObject schema)
    {
        schema["x-items"] = true;
        return schema;
    }

    /// <summary>An object that may be left out: the defaults of what is in it then apply.</summary>
    private static JObject LeftOut(JObject schema)
    {
        schema["default"] = new JObject();
        return schema;
    }

    internal static JObject Quantity(string description, string? preset = null) =>
        Preset(new JObject { ["description"] = description, ["type"] = new JArray("string", "number") }, preset);

    internal static JObject Text(string description) => new() { ["description"] = description, ["type"] = "string" };

    internal static JObject Flag(string description, bool preset) =>
        Preset(new JObject { ["description"] = description, ["type"] = "boolean" }, preset);

    internal static JObject Whole(string description, int? preset, int least, int most) =>
        Preset(
            new JObject
            {
                ["description"] = description,
                ["type"] = "integer",
                ["minimum"] = least,
                ["maximum"] = most,
            },
            preset
        );

    internal static JObject Choice(string description, string preset, params string[] words) =>
        Preset(new JObject { ["description"] = description, ["enum"] = new JArray(words) }, preset);

    internal static JObject List(string description, JObject items) =>
        new()
        {
            ["description"] = description,
            ["type"] = "array",
            ["items"] = items,
        };

    private static JObject Preset(JObject schema, JToken? preset)
    {
        if (preset is not (null or JValue { Value: null }))
            schema["default"] = preset;
        return schema;
    }
}
