using System.Globalization;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;

namespace SimEval.Reports.Build;

/// <summary>Packs chosen replays until the file's share for them is used up.</summary>
internal sealed class ReplayPackage
{
    // Characters of JSON; the whole file must stay under ten million bytes.
    private const int MostCharacters = 5_500_000;

    private readonly Func<RolloutKey, Scene?> replay;
    private readonly Func<RolloutKey, string> command;
    private readonly List<ReportCase> cases = [];
    private readonly List<ReportClip> clips = [];
    private readonly List<IReadOnlyList<ReportPath>> backdrops = [];
    private readonly Dictionary<string, int> backdropIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<RolloutKey, int> clipIndex = [];
    private int characters;

    public ReplayPackage(Func<RolloutKey, Scene?> replay, Func<RolloutKey, string> command)
    {
        this.replay = replay;
        this.command = command;
    }

    /// <summary>Index of the clip of each rollout that is carried.</summary>
    public IReadOnlyDictionary<RolloutKey, int> Clips => clipIndex;

    /// <summary>Adds what fits, in order.</summary>
    /// <param name="results">What ran.</param>
    /// <param name="chosen">What is to be shown.</param>
    /// <param name="metric">Index of the metric that is told of each rollout; -1: none.</param>
    public void Add(ResultSet results, IEnumerable<ChosenReplay> chosen, int metric)
    {
        foreach (var choice in chosen)
        {
            if (characters > MostCharacters)
                return;
            var pair = results.Plan.Pairs[choice.Pair];
            var shown = choice
                .Variants.Select(variant => ClipOf(variant, results[variant, choice.Pair]!))
                .Where(clip => clip >= 0)
                .ToArray();
            if (shown.Length == 0)
                continue;
            cases.Add(
                new ReportCase(
                    Title(results.Plan.PointOf(pair.Point), pair.Seed),
                    choice.Reason,
                    string.Join("; ", shown.Select(i => $"{NameOf(results, clips[i])} {clips[i].Summary}"))
                        + "."
                        + Measured(results, choice, metric),
                    shown,
                    null
                )
            );
        }
    }

    /// <summary>Adds one case of given scenes, for the page of a single replay.</summary>
    public void AddCase(
        string title,
        IReadOnlyList<(int Variant, Metrics.RolloutResult Result, Scene Scene)> shown,
        IReadOnlyList<string> names,
        ReportDeparture? departure
    )
    {
        var indices = shown.Select(s => Pack(s.Variant, s.Result, s.Scene)).ToArray();
        var note = string.Join("; ", indices.Select((index, i) => $"{names[i]} {clips[index].Summary}")) + ".";
        cases.Add(new ReportCase(title, "asked", note, indices, departure));
    }

    /// <summary>What the page gets.</summary>
    public ReportReplays ToReport(string rule, int rollouts) =>
        new(cases, clips, backdrops, rule, Math.Max(0, rollouts - clips.Count));

    /// <summary>"gap 9 m, speed 30 m/s, seed 7".</summary>
    public static string Title(Point point, int seed) =>
        $"{PointText.Of(point)}, seed {seed.ToString(CultureInfo.InvariantCulture)}";

    private int ClipOf(int variant, Metrics.RolloutResult result)
    {
        if (clipIndex.TryGetValue(result.Key, out var known))
            return known;
        return replay(result.Key) is { Frames.Count: > 0 } scene ? Pack(variant, result, scene) : -1;
    }

    private int Pack(int variant, Metrics.RolloutResult result, Scene scene)
    {
        var (tracks, motion) = SceneCodec.Pack(scene.Frames);
        var clip = new ReportClip
        {
            Rollout = result.Key.ToString(),
            Variant = variant,
            Ending = result.Ending,
            Summary = Summary(result, scene),
            Command = command(result.Key),
            TimeStep = scene.TimeStep,
            Frames = scene.Frames.Count,
            Backdrop = BackdropOf(scene),
            Tracks = tracks,
            Motion = motion,
            Events = [.. scene.Events.Select(e => new ReportEvent(e.Time, e.Kind, e.Text, e.X, e.Y))],
        };
        characters += motion.Length + (tracks.Count * 90) + (scene.Events.Count * 120) + 400;
        clipIndex[result.Key] = clips.Count;
        clips.Add(clip);
        return clips.Count - 1;
    }

    private int BackdropOf(Scene scene)
    {
        var paths = SceneCodec.Backdrop(scene.Backdrop);
        var key = string.Join(';', paths.Select(p => p.Stroke + string.Join(',', p.Points)));
        if (!backdropIndex.TryGetValue(key, out var index))
        {
            index = backdrops.Count;
            backdrops.Add(paths);
            backdropIndex.Add(key, index);
            characters += key.Length + (paths.Count * 40);
        }

        return index;
    }

    // " nuPlan score 0.875 and 0.527.": what the two were chosen by, where how they end says nothing.
    private static string Measured(ResultSet results, ChosenReplay choice, int metric)
    {
        if (metric < 0)
            return "";
        var definition = results.Plan.Metrics[metric];
        var values = choice
            .Variants.Select(variant => results.ValueOf(variant, choice.Pair, metric))
            .Select(value => value is { } known ? NumberText.Value(definition, known) : "none");
        return $" {definition.Title} {string.Join(" and ", values)}.";
    }

    private static string NameOf(ResultSet results, ReportClip clip) => results.Plan.Variants[clip.Variant].Name;

    // A collision or a departure from the road says more than how the rollout ended.
    private static string Summary(Metrics.RolloutResult result, Scene scene)
    {
        var grave =
            scene.Events.FirstOrDefault(e => e.Kind == "collision")
            ?? scene.Events.FirstOrDefault(e => e.Kind == "offRoad");
        if (grave is not null)
            return $"{grave.Text} at {Seconds(grave.Time)}";
        var end = Seconds((scene.Frames.Count - 1) * scene.TimeStep);
        return (result.Outcome, result.Ending) switch
        {
            (Metrics.RolloutOutcome.ModelFailed, _) => $"fails at {end}: {result.Detail ?? result.Ending}",
            (_, "goal") => $"reaches the goal at {end}",
            (_, "horizon") => $"drives on to the end, {end}",
            (_, "") => $"ends at {end}",
            _ => $"ends by {result.Ending} at {end}",
        };
    }

    private static string Seconds(double time) => time.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
