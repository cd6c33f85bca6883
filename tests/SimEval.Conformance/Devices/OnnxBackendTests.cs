using System.Text;
using SimEval.Devices;
using SimEval.Devices.Conformance;
using SimEval.Devices.Torch;
using Xunit;

namespace SimEval.Conformance.Devices;

/// <summary>
/// ONNX's backend node tests (Debian's libonnx-testdata) on one device class. The counts go to artifacts/tests, from where the
/// test command prints them.
/// </summary>
public abstract class OnnxBackendTests(string deviceClass)
{
    private const string Folder = "/usr/share/libonnx-testdata/data/node";

    /// <summary>Fails when a test fails, or when fewer pass than before.</summary>
    protected void CheckAll()
    {
        var run = new ConformanceRun(DeviceCatalogue.Tensors(deviceClass), new ModelOptions());
        var results = BackendTest.Find(Folder).Select(run.Run).ToList();
        WriteCounts(results);
        Assert.Empty(results.Where(result => result.Failure is not null).Select(r => $"{r.Test.Name}: {r.Failure}"));
        Assert.True(Passed(results) >= LeastPassed, $"{Passed(results)} passed; at least {LeastPassed} did before");
    }

    /// <summary>Tests that the device is known to pass: fewer is a loss that skipping would hide.</summary>
    protected abstract int LeastPassed { get; }

    private static int Passed(List<ConformanceResult> results) =>
        results.Count(result => result is { Failure: null, Skipped: null });

    private void WriteCounts(List<ConformanceResult> results)
    {
        var failed = results.Where(result => result.Failure is not null).Select(result => result.Test.Name).ToList();
        var text = new StringBuilder().AppendLine(
            $"ONNX node tests on {deviceClass}: {Passed(results)} passed, {results.Count - Passed(results) - failed.Count} skipped, failed: {(failed.Count == 0 ? "none" : string.Join(", ", failed))}"
        );
        foreach (
            var reason in results
                .Where(result => result.Skipped is not null)
                .GroupBy(result => result.Skipped, StringComparer.Ordinal)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => group.Key, StringComparer.Ordinal)
        )
            text.AppendLine($"  {reason.Count(), 4} skipped: {reason.Key}");
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SimEval.sln")))
            folder = folder.Parent;
        var tests = Path.Combine(folder!.FullName, "artifacts", "tests");
        Directory.CreateDirectory(tests);
        File.WriteAllText(Path.Combine(tests, $"conformance-{deviceClass.Replace('/', '-')}.txt"), text.ToString());
    }

    /// <summary>A fact that needs the node tests, and, where it says so, libtorch.</summary>
    protected sealed class NodeTestsFactAttribute : FactAttribute
    {
        /// <summary>Skips where something is absent.</summary>
        /// <param name="libtorch">Whether SimEval's library over libtorch is needed.</param>
        public NodeTestsFactAttribute(bool libtorch = false)
        {
            if (!Directory.Exists(Folder))
                Skip = "libonnx-testdata is not installed";
            else if (libtorch && !TorchDevice.IsInstalled)
                Skip = "libtorch is not installed";
        }
    }
}

/// <summary>The node tests on device class "cpu".</summary>
public sealed class CpuBackendTests() : OnnxBackendTests("cpu")
{
    /// <inheritdoc/>
    protected override int LeastPassed => 850;

    [NodeTestsFact]
    public void Every_node_test_that_the_device_implements_passes() => CheckAll();
}

/// <summary>The node tests on device class "torch".</summary>
public sealed class TorchBackendTests() : OnnxBackendTests("torch")
{
    /// <inheritdoc/>
    protected override int LeastPassed => 815;

    [NodeTestsFact(libtorch: true)]
    public void Every_node_test_whose_operators_are_lowered_passes() => CheckAll();
}

/// <summary>The node tests on device class "asic/g2".</summary>
public sealed class BoardBackendTests() : OnnxBackendTests("asic/g2")
{
    /// <inheritdoc/>
    protected override int LeastPassed => 400;

    [NodeTestsFact]
    public void Every_node_test_whose_operators_the_board_has_passes() => CheckAll();
}
