using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Solutions;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval solution check FILE --scenarios DIR`: 0 valid, 1 not valid, 4 not readable or not supported, 5 its scenario is not there.</summary>
internal static class SolutionCommand
{
    private static readonly Argument<string> FileArgument = new("FILE") { Description = "A CommonRoad solution" };
    private static readonly Option<string> Folder = new("--scenarios")
    {
        Description = "Where its scenario is, at any depth; found by file name",
        Required = true,
        HelpName = "DIR",
    };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var command = new Command("solution", "Check CommonRoad solutions");
        command.Add(
            host.Bind(new Command("check", "Check a solution against its scenario") { FileArgument, Folder }, Check)
        );
        return command;
    }

    private static Task<ExitCode> Check(Invocation invocation)
    {
        var file = invocation.Parsed.GetRequiredValue(FileArgument);
        var errors = new List<ScenarioError>();
        var solution = CommonRoadSolutionReader.Read(Read(file), file, errors);
        if (solution is null || errors.Count > 0)
        {
            throw Refuse(errors, file);
        }
        var folder = invocation.Parsed.GetRequiredValue(Folder);
        if (!Directory.Exists(folder))
        {
            throw new CommandException(ExitCode.Invalid, $"{folder}: there is no such folder");
        }
        var scenarioFile =
            solution.FindScenario(
                Directory.EnumerateFiles(folder, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            ) ?? throw new CommandException(ExitCode.Nothing, $"{file}: its scenario is not in {folder}");
        var scenario = CommonRoadReader.Read(Read(scenarioFile), scenarioFile, errors);
        if (scenario is null || errors.Count > 0)
        {
            throw Refuse(errors, scenarioFile);
        }
        var report = SolutionChecker.Check(solution, CommonRoadConverter.Convert(scenario));
        if (invocation.Json)
        {
            JsonLine.Write(invocation.Terminal, json => WriteAll(json, file, scenarioFile, report));
        }
        else
        {
            LiveView.Print(invocation, [.. Draw(file, scenarioFile, report)]);
        }
        return Task.FromResult(
            report.Verdict switch
            {
                SolutionVerdict.Valid => ExitCode.Pass,
                SolutionVerdict.Invalid => ExitCode.Failed,
                _ => ExitCode.Invalid,
            }
        );
    }

    private static byte[] Read(string file) =>
        File.Exists(file)
            ? File.ReadAllBytes(file)
            : throw new CommandException(ExitCode.Invalid, $"{file}: there is no such file");

    private static CommandException Refuse(List<ScenarioError> errors, string file) =>
        new(
            ExitCode.Invalid,
            errors.Count == 0 ? [$"{file}: it cannot be read"] : [.. errors.Select(error => error.ToString())]
        );

    private static IEnumerable<Line> Draw(string file, string scenario, SolutionReport report)
    {
        var (word, tone) = report.Verdict switch
        {
            SolutionVerdict.Valid => ("valid", Tone.Good),
            SolutionVerdict.Invalid => ("not valid", Tone.Bad),
            _ => ("not supported", Tone.Unsure),
        };
        yield return new Line().Add(word, tone).Add($"   {file}   for {Path.GetFileName(scenario)}");
        foreach (var failure in report.Failures)
        {
            yield return new Line().Add($"  {failure}");
        }
        foreach (var problem in report.Problems)
        {
            var goal = problem.GoalStep is { } step ? $"goal at step {step}" : "goal not reached";
            yield return new Line().Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  problem {problem.PlanningProblem} ({problem.Vehicle}): {goal}, largest residual {problem.Residual.Position * 1000:0.###} mm"
                )
            );
            foreach (var failure in problem.Failures)
            {
                yield return new Line().Add($"    {failure}", Tone.Bad);
            }
            foreach (var warning in problem.Warnings)
            {
                yield return new Line().Add($"    warning: {warning}", Tone.Dim);
            }
        }
    }

    private static void WriteAll(Utf8JsonWriter json, string file, string scenario, SolutionReport report)
    {
        json.WriteString("file", file);
        json.WriteString("scenario", scenario);
        json.WriteString("verdict", report.Verdict.ToString());
        WriteTexts("failures", report.Failures);
        json.WriteStartArray("problems");
        foreach (var problem in report.Problems)
        {
            json.WriteStartObject();
            json.WriteNumber("planningProblem", problem.PlanningProblem);
            json.WriteString("vehicle", problem.Vehicle);
            json.WriteBoolean("goalReached", problem.GoalStep is not null);
            json.WriteBoolean("collision", problem.Collision is not null);
            json.WriteFinite("positionResidual", problem.Residual.Position);
            WriteTexts("failures", problem.Failures);
            WriteTexts("warnings", problem.Warnings);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        void WriteTexts(string name, IReadOnlyList<string> texts)
        {
            json.WriteStartArray(name);
            foreach (var text in texts)
            {
                json.WriteStringValue(text);
            }
            json.WriteEndArray();
        }
    }
}
