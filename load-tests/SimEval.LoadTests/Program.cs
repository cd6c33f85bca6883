using SimEval.LoadTests.Fuzz;
using SimEval.LoadTests.Ladder;

if (args is ["--list"])
{
    foreach (var benchmark in BenchmarkRegistry.Find(null))
    {
        Console.WriteLine(benchmark.Name);
    }
    return 0;
}
if (args is ["fuzz", .. var fuzz])
    return FuzzCommand.Run(
        fuzz,
        [ScenarioFuzz.Create(Environment.CurrentDirectory), CommonRoadFuzz.Create()],
        Console.Out
    );
var options = LadderOptions.Read(args, Console.Error);
return options is null ? 4 : LadderRunner.Run(options, Console.Out);
