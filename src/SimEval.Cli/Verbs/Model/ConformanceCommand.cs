using System.CommandLine;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Conformance;

namespace SimEval.Cli.Verbs.Model;

/// <summary>`simeval model conformance DIR`: ONNX backend tests on a device.</summary>
internal static class ConformanceCommand
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    private static readonly Argument<string> Folder = new("DIR")
    {
        Description = "A folder of tests: model.onnx beside test_data_set_*/{input,output}_*.pb, at any depth",
    };

    private static readonly Option<string> Device = new("--device")
    {
        Description = $"The device class: {string.Join(", ", DeviceCatalogue.ReadingClasses)}",
        DefaultValueFactory = _ => DeviceCatalogue.Default,
        HelpName = "CLASS",
    };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(
            new Command("conformance", "Run ONNX backend tests on a device") { Folder, Device },
            invocation => Task.Run(() => Run(invocation))
        );

    private static ExitCode Run(Invocation invocation)
    {
        var folder = invocation.Parsed.GetRequiredValue(Folder);
        if (!Directory.Exists(folder))
            throw new CommandException(
                ExitCode.Invalid,
                File.Exists(folder)
                    ? $"{folder} is a file; a folder of tests was expected"
                    : $"{folder}: there is no such folder"
            );
        var device = DeviceCatalogue.Tensors(invocation.Parsed.GetValue(Device)!);
        var tests = Find(folder);
        if (tests.Count == 0)
            throw new CommandException(
                ExitCode.Nothing,
                $"{folder} holds no test: a test is a folder with model.onnx and test_data_set_*/output_*.pb"
            );
        var run = new ConformanceRun(device, ModelFiles.Options(invocation));
        var results = new List<ConformanceResult>(tests.Count);
        var told = TimeProvider.System.GetTimestamp();
        foreach (var test in tests)
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            results.Add(run.Run(test));
            if (invocation.Quiet || TimeProvider.System.GetElapsedTime(told) < ProgressEvery)
                continue;
            invocation.Terminal.Tell($"{results.Count} of {tests.Count} tests; now {test.Name}");
            told = TimeProvider.System.GetTimestamp();
        }

        Show(invocation, device.DeviceClass, results);
        return results.Exists(result => result.Failure is not null) ? ExitCode.Failed : ExitCode.Pass;
    }

    private static IReadOnlyList<BackendTest> Find(string folder)
    {
        try
        {
            return BackendTest.Find(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Invalid, $"{folder} cannot be read: {e.Message}");
        }
    }

    private static void Show(Invocation invocation, string device, List<ConformanceResult> results)
    {
        var failed = results.Where(result => result.Failure is not null).ToList();
        var skipped = results
            .Where(result => result.Skipped is not null)
            .GroupBy(result => result.Skipped!, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        var passed = results.Count(result => result is { Failure: null, Skipped: null });
        if (invocation.Json)
        {
            JsonLine.Write(invocation.Terminal, json => Write(json, device, passed, failed, skipped));
            return;
        }

        foreach (var group in skipped)
            invocation.Terminal.Print($"skipped {group.Count(), 4}  {group.Key}");
        foreach (var failure in failed)
            invocation.Terminal.Print($"failed  {failure.Test.Name}: {failure.Failure}");
        invocation.Terminal.Print(
            $"{device}: {passed} passed, {failed.Count} failed, {skipped.Sum(group => group.Count())} skipped of {results.Count}"
        );
    }

    private static void Write(
        Utf8JsonWriter json,
        string device,
        int passed,
        List<ConformanceResult> failed,
        List<IGrouping<string, ConformanceResult>> skipped
    )
    {
        json.WriteString("device", device);
        json.WriteNumber("passed", passed);
        json.WriteStartArray("failed");
        foreach (var failure in failed)
            json.WriteStringValue(failure.Test.Name);
        json.WriteEndArray();
        json.WriteStartObject("skipped");
        foreach (var group in skipped)
            json.WriteNumber(group.Key, group.Count());
        json.WriteEndObject();
        json.WriteStartObject("why");
        foreach (var failure in failed)
            json.WriteString(failure.Test.Name, failure.Failure);
        json.WriteEndObject();
    }
}
