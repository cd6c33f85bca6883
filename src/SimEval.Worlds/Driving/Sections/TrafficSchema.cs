using Newtonsoft.Json.Linq;
using static SimEval.Worlds.Driving.Sections.SectionSchema;

namespace SimEval.Worlds.Driving.Sections;

/// <summary>The schema of one entry of `traffic`: an object with one of the keys that say what it is.</summary>
internal static class TrafficSchema
{
    /// <summary>A fresh copy.</summary>
    public static JObject Item() =>
        Closed(
            "One of: cutsIn, fill, jam, jaywalker, oncoming, parked, vehicle.",
            (
                "cutsIn",
                Closed(
                    "A car of a neighbouring lane that cuts in before the ego.",
                    ("gap", Quantity("Bumper-to-bumper gap as it starts, if the ego has held its speed.", "15 m")),
                    ("duration", Quantity("Time of its lane change.", "3 s")),
                    ("after", Quantity("Time until it starts.", "2 s")),
                    ("speed", Quantity("Its speed. Default: the ego's less \"slower\".")),
                    ("slower", Quantity("How much slower than the ego it is.", "4 m/s")),
                    ("from", Choice("The side it comes from.", "left", "left", "right"))
                )
            ),
            ("fill", Quantity("Traffic spread over lanes: vehicles per length of lane, such as 20 /km.")),
            (
                "model",
                When("fill", true, Choice("fill: how they follow (IDM, with MOBIL for lane changes).", "idm", "idm"))
            ),
            ("lanes", List("fill: lanes to fill. Default: all.", new JObject { ["type"] = "integer" })),
            ("speed", Quantity("fill: mean speed they want. Default: the ego's at the start.")),
            ("changesLanes", When("fill", true, Flag("fill: whether they change lanes.", true))),
            (
                "jam",
                Closed(
                    "A leader that stops and goes.",
                    ("gap", Quantity("Gap to it at the start.", "20 m")),
                    ("fastest", Quantity("Its speed when it goes.", "10 m/s")),
                    ("slowest", Quantity("Its speed when it stops.", "0 m/s")),
                    ("period", Quantity("Time from one stop to the next.", "16 s")),
                    ("braking", Quantity("How hard it brakes.", "3 m/s2"))
                )
            ),
            (
                "jaywalker",
                Closed(
                    "A pedestrian who crosses where nobody should.",
                    ("ahead", Quantity("How far ahead of the ego's start.", "70 m")),
                    ("when", Quantity("Steps out when the ego is this far away in time.", "3 s")),
                    ("speed", Quantity("Walking speed.", "1.4 m/s")),
                    ("from", Choice("The side it comes from.", "right", "left", "right")),
                    ("aside", Quantity("Distance of its start from the edge of the lane.", "1.5 m"))
                )
            ),
            (
                "oncoming",
                Closed(
                    "A stream of oncoming vehicles.",
                    ("every", Quantity("Mean time between two of them.", "5 s")),
                    ("speed", Quantity("Their speed.", "12 m/s")),
                    ("count", Whole("How many at most.", 8, 1, 100))
                )
            ),
            (
                "parked",
                Closed(
                    "Parked cars beside the lane.",
                    ("ahead", Quantity("How far ahead of the ego's start the first one stands.", "40 m")),
                    ("count", Whole("How many.", 1, 1, 100)),
                    ("spacing", Quantity("Distance from one to the next.", "7 m")),
                    ("side", Choice("On which side.", "right", "left", "right")),
                    (
                        "aside",
                        Quantity(
                            "Distance from the lane's edge to their near side; negative reaches into the lane.",
                            "0.4 m"
                        )
                    )
                )
            ),
            (
                "vehicle",
                Closed(
                    "One vehicle.",
                    ("lane", Whole("Its lane. Default: the ego's.", null, 0, 7)),
                    ("ahead", Quantity("How far ahead of the ego's start, centre to centre.", "40 m")),
                    ("speed", Quantity("Speed at the start. Default: the ego's.")),
                    ("wants", Quantity("Speed it wants. Default: its speed.")),
                    ("changesLanes", Flag("Whether it changes lanes.", false)),
                    ("turn", Choice("Where it goes at an intersection.", "straight", "left", "straight", "right")),
                    ("stands", Flag("Whether it is an obstacle that never moves.", false))
                )
            )
        );
}
