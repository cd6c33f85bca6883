using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Devices.Processes;
using SimEval.LoadTests.Ladder;
using SimEval.Models.Onnx;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Frames a second of a policy in a program of its own over those of a model in this process, at batch 64: what the pipe, the
/// other process and its interpreter cost. Both take 72 numbers and give 2; the program's own work is next to nothing.
/// </summary>
public sealed class ProcessBenchmark : IBenchmark
{
    private const int Batch = 64;

    // A ratio that a change of the protocol or the pipe must not undercut; measured values are in docs/benchmarks.md.
    private const double Goal = 0.15;

    private const string Policy = """
        import simeval_policy
        if simeval_policy.numpy is None:
            def act(observation):
                return [row[:2] for row in observation["observation"]]
        else:
            def act(observation):
                return observation["observation"][:, :2]
        simeval_policy.serve(act)
        """;

    /// <inheritdoc/>
    public string Name => "process.overInProcess";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var folder = Directory.CreateTempSubdirectory("simeval-bench-").FullName;
        try
        {
            var file = Path.Combine(folder, "policy.py");
            File.WriteAllText(file, Policy);
            using var program = Open(new ProgramCommand(["python3", file], folder)).CreateSession(Batch);
            using var model = new CpuDevice().Load(SharedPlanner(), new ModelOptions());
            var binding =
                ModelBinder.Bind(model.Signature, Request, [])
                ?? throw new BenchmarkUnavailableException("the shipped planner does not take 72 numbers and give 2");
            using var session = model.Bind(binding, Batch).CreateSession(Batch);
            var ratio = PairedRatio.Measure(
                PairedRatio.Repeat(() => Step(program)),
                PairedRatio.Repeat(() => Step(session)),
                budget
            );
            yield return Measurement.OfRatio(Name, ratio, Goal, "frames/s", "batch 64, against the shipped planner");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static BindingRequest Request { get; } =
        new() { Observation = [new TensorSpec("observation", [72], "")], Action = new TensorSpec("action", [2], "") };

    private static IBoundModel Open(ProgramCommand command)
    {
        try
        {
            return new ProgramDevice(ProgramLimits.Default).Open(command, Request, Batch);
        }
        catch (ModelException missing) when (missing.Fault == ModelFault.RuntimeMissing)
        {
            throw new BenchmarkUnavailableException(missing.Message);
        }
    }

    private static byte[] SharedPlanner() =>
        File.ReadAllBytes(Path.Combine(new ShippedCutIn(1).Root, "scenarios", "models", "planner.onnx"));

    private static long Step(IModelSession session)
    {
        if (session.Run(Batch) > 0)
            throw new InvalidOperationException(session.Fault(0));
        return Batch;
    }
}
