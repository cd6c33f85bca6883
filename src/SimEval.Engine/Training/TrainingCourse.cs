using SimEval.Engine.Catalogue;
using SimEval.Scenarios;
using SimEval.Scenarios.Layouts;
using SimEval.Scenarios.Numerics;
using SimEval.Worlds;

namespace SimEval.Engine.Training;

/// <summary>One scenario to learn from: its kind, its points and the worlds that they bind to.</summary>
/// <param name="Name">Its name, for the table.</param>
/// <param name="Kind">The world kind.</param>
/// <param name="ScenarioSeed">Root of its randomness.</param>
/// <param name="Points">Its points.</param>
/// <param name="Worlds">The worlds of its points.</param>
public sealed record TrainingCourse(
    string Name,
    IWorldKind Kind,
    ulong ScenarioSeed,
    IReadOnlyList<PointKey> Points,
    WorldLibrary Worlds
)
{
    /// <summary>The first seed that training draws. Runs use seeds from 0 up, so none of theirs is trained on.</summary>
    public const int FirstTrainingSeed = 1_000_000;

    /// <summary>The first seed of evaluations, which neither training nor runs use.</summary>
    public const int FirstEvaluationSeed = 2_000_000;

    /// <summary>A pair at random: each has a seed of its own.</summary>
    public PairKey Pair(Philox draws, int firstSeed, int number) =>
        new(Points[(int)draws.Below((uint)Points.Count, (ulong)number, Hash64.OfText(Name))], firstSeed + number);

    /// <summary>The world of the first point, for layouts.</summary>
    public IWorld Sample => Worlds.Of(Points[0]);

    /// <summary>The observation tensor that a perceptron takes: the first that is one vector; -1 when there is none.</summary>
    public int VectorTensor
    {
        get
        {
            var tensors = Sample.Observation;
            for (var i = 0; i < tensors.Count; i++)
            {
                if (tensors[i].Shape.Count == 1)
                    return i;
            }

            return -1;
        }
    }

    /// <summary>Why this course cannot be learnt together with another, or null.</summary>
    public string? Misfit(TrainingCourse other)
    {
        if (Points.Count == 0)
            return $"{Name}: it has no points, so there is nothing to drive";
        if (VectorTensor < 0)
            return $"{Name}: its observation has no tensor of one axis, which is what a perceptron takes ({string.Join(", ", Sample.Observation)})";
        var (mine, theirs) = (Sample.Observation[VectorTensor], other.Sample.Observation[other.VectorTensor]);
        return (Differs(mine, theirs) ?? Differs(Sample.Action, other.Sample.Action)) is { } what
            ? $"{Name}: {what}, unlike {other.Name}; one planner has one layout"
            : null;
    }

    private static string? Differs(TensorLayout mine, TensorLayout theirs) =>
        mine.Name == theirs.Name && mine.Shape.SequenceEqual(theirs.Shape) && mine.Meaning == theirs.Meaning
            ? null
            : $"its '{mine.Name}' is {mine} ({mine.Meaning})";
}
