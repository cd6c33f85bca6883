using SimEval.Cli;

return (int)await CommandLine.RunAsync(args, Terminal.OfProcess()).ConfigureAwait(false);
