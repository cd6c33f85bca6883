using System.CommandLine;
using System.Globalization;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Training;
using SimEval.Models.Onnx;
using SimEval.Scenarios;
using SimEval.Worlds.Driving;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval train`: clones the expert into a small ONNX planner, or measures one that is there.</summary>
internal sealed class TrainCommand
{
    private readonly Argument<string[]> files = new("files")
    {
        Description = "Scenario files to learn from: their worlds and sweeps",
        Arity = ArgumentArity.OneOrMore,
        HelpName = "FILE",
    };

    private readonly Option<string> output = new("--out", "-o")
    {
        Description = "Where to write the model",
        DefaultValueFactory = _ => "planner.onnx",
        HelpName = "FILE",
    };

    private readonly Option<string?> measure = new("--measure")
    {
        Description = "Train nothing: print the table for this model",
        HelpName = "MODEL",
    };

    private readonly Option<ulong> seed = new("--seed")
    {
        Description = "Root of all draws; the same seed makes the same file",
        DefaultValueFactory = _ => new TrainingOptions().Seed,
    };

    private readonly Option<int> rounds = Count("--rounds", "Rounds of DAgger", new TrainingOptions().Rounds, 0);

    private readonly Option<int> rollouts = Count(
        "--rollouts",
        "Rollouts of each scenario in each round",
        new TrainingOptions().RolloutsPerRound,
        1
    );

    private readonly Option<int> epochs = Count(
        "--epochs",
        "Passes over all rows at the end",
        new TrainingOptions().FinalEpochs,
        1
    );

    private readonly Option<int> evaluation = Count(
        "--evaluate",
        "Rollouts of each scenario that the table is measured on",
        new TrainingOptions().EvaluationRollouts,
        1
    );

    private TrainCommand() { }

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var verb = new TrainCommand();
        var command = new Command("train", "Clone the expert into a small ONNX planner, and measure it")
        {
            verb.files,
            verb.output,
            verb.measure,
            verb.seed,
            verb.rounds,
            verb.rollouts,
            verb.epochs,
            verb.evaluation,
        };
        return host.Bind(command, verb.RunAsync);
    }

    private Task<ExitCode> RunAsync(Invocation invocation) => Task.Run(() => Run(invocation));

    private ExitCode Run(Invocation invocation)
    {
        var parsed = invocation.Parsed;
        var options = new TrainingOptions
        {
            Seed = parsed.GetValue(seed),
            Rounds = parsed.GetValue(rounds),
            RolloutsPerRound = parsed.GetValue(rollouts),
            FinalEpochs = parsed.GetValue(epochs),
            EvaluationRollouts = parsed.GetValue(evaluation),
        };
        try
        {
            var courses = ReadCourses(invocation, parsed.GetValue(files)!);
            if (parsed.GetValue(measure) is { } model)
                return Measure(invocation, courses, options, model);
            return Train(invocation, courses, options, parsed.GetValue(output)!);
        }
        catch (OperationCanceledException)
        {
            throw new CommandException(ExitCode.Interrupted, "interrupted; nothing was written");
        }
        catch (ModelException refused)
        {
            var code = refused.Fault == ModelFault.RuntimeMissing ? ExitCode.Unsatisfiable : ExitCode.Invalid;
            throw new CommandException(code, refused.Message);
        }
        catch (InvalidDataException refused)
        {
            throw new CommandException(ExitCode.Invalid, refused.Message);
        }
    }

    private static List<TrainingCourse> ReadCourses(Invocation invocation, string[] paths)
    {
        var limits = invocation.Settings.Scenarios;
        var reader = new TrainingCourseReader(
            new WorldCatalogue(new DrivingWorldKind()),
            new DiskFiles(limits.SuiteFiles),
            limits.ToLimits()
        );
        var errors = new List<ScenarioError>();
        var courses = new List<TrainingCourse>();
        foreach (var path in paths)
        {
            if (reader.Read(path, errors) is { } course)
                courses.Add(course);
        }

        if (errors.Count > 0)
            throw new CommandException(ExitCode.Invalid, [.. errors.Select(error => error.ToString())]);
        return courses;
    }

    private static ExitCode Train(
        Invocation invocation,
        List<TrainingCourse> courses,
        TrainingOptions options,
        string path
    )
    {
        var clock = TimeProvider.System.GetTimestamp();
        var progress = invocation.Quiet ? null : new Lines(invocation.Terminal);
        var trainer = new PlannerTrainer(courses, options);
        if (Directory.Exists(path))
            throw new CommandException(ExitCode.Invalid, $"{path} is a folder; --out names a file");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        // Whole or not at all, whenever the process ends; and what cannot be written is known before the work.
        var unfinished = Path.Combine(folder, $".{Path.GetFileName(path)}.unfinished");
        File.WriteAllBytes(unfinished, []);
        TrainingResult result;
        try
        {
            result = trainer.Train(new CpuDevice(), progress, invocation.Cancellation);
            File.WriteAllBytes(unfinished, result.Model);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        if (!invocation.Json)
        {
            var seconds = TimeProvider.System.GetElapsedTime(clock).TotalSeconds;
            invocation.Terminal.Print(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Invocation.Show(Path.GetFullPath(path))}: {result.Model.Length:N0} bytes, {OnnxSummary.Read(result.Model).Parameters:N0} parameters, from {result.Rows:N0} rows in {seconds:F0} s"
                )
            );
        }

        Show(invocation, result.Scores, result.Overall, options, path);
        return ExitCode.Pass;
    }

    private static ExitCode Measure(
        Invocation invocation,
        List<TrainingCourse> courses,
        TrainingOptions options,
        string path
    )
    {
        if (!File.Exists(path))
            throw new CommandException(ExitCode.Invalid, $"{path}: there is no such file");
        var scores = PlannerEvaluation.Run(
            File.ReadAllBytes(path),
            new CpuDevice(),
            courses,
            options,
            invocation.Cancellation
        );
        Show(invocation, scores, new TrainingResult([], 0, double.NaN, scores).Overall, options, path);
        return ExitCode.Pass;
    }

    private static void Show(
        Invocation invocation,
        IReadOnlyList<CourseScore> scores,
        CourseScore overall,
        TrainingOptions options,
        string path
    )
    {
        if (invocation.Json)
        {
            JsonLine.Write(
                invocation.Terminal,
                json =>
                {
                    json.WriteString("model", path);
                    json.WriteFinite("gapClosed", overall.GapClosed);
                    json.WriteStartArray("scenarios");
                    foreach (var score in scores)
                    {
                        json.WriteStartObject();
                        json.WriteString("scenario", score.Course);
                        json.WriteNumber("rollouts", score.Rollouts);
                        json.WriteFinite(options.Floor, score.Floor);
                        json.WriteFinite("planner", score.Planner);
                        json.WriteFinite(options.Expert, score.Expert);
                        json.WriteFinite("gapClosed", score.GapClosed);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                }
            );
            return;
        }

        var width = Math.Max(8, scores.Max(score => score.Course.Length));
        invocation.Terminal.Print(
            $"{"scenario".PadRight(width)} {"rollouts", 9} {options.Floor, 17} {"planner", 9} {options.Expert, 9} {"gap closed", 11}"
        );
        foreach (var score in scores.Append(overall))
        {
            invocation.Terminal.Print(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{score.Course.PadRight(width)} {score.Rollouts, 9} {score.Floor, 17:F4} {score.Planner, 9:F4} {score.Expert, 9:F4} {Share(score.GapClosed), 11}"
                )
            );
        }
    }

    private static string Share(double share) =>
        double.IsNaN(share) ? "no gap" : share.ToString("P1", CultureInfo.InvariantCulture);

    private static Option<int> Count(string name, string description, int fallback, int least)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Takes(value => value >= least, $"a whole number from {least} up");
        return option;
    }

    /// <summary>Progress as plain lines.</summary>
    private sealed class Lines(Terminal terminal) : IProgress<TrainingProgress>
    {
        /// <inheritdoc/>
        public void Report(TrainingProgress value) =>
            terminal.Tell(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{value.Share, 5:P0}  {value.Stage} ({value.Rows:N0} rows{(double.IsNaN(value.Error) ? "" : $", error {value.Error:G3}")})"
                )
            );
    }
}
