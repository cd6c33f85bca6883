using SimEval.LoadTests.Ladder;

if (args is ["--list"])
{
    foreach (var benchmark in BenchmarkRegistry.Find(null))
    {
        Console.WriteLine(benchmark.Name);
    }
    return 0;
}
var options = LadderOptions.Read(args, Console.Error);
return options is null ? 4 : LadderRunner.Run(options, Console.Out);
