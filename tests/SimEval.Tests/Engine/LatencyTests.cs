using SimEval.Engine;
using SimEval.Engine.Executors;
using SimEval.Engine.Replay;
using SimEval.Engine.Rollouts;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Models.Onnx;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Engine;

public sealed class LatencyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_slower_answer_drives_worse()
    {
        var costs = new List<double>();
        foreach (var latency in (string[])["none", "50 ms", "250 ms"])
            costs.Add(await CostAsync(latency));
        Assert.True(costs[0] < costs[1] && costs[1] < costs[2], string.Join(", ", costs));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("0 ms")]
    public async Task Without_a_delay_nothing_changes(string latency) =>
        Assert.Equal(await HashAsync("none"), await HashAsync(latency));

    [Theory]
    [InlineData("30 ms")]
    [InlineData("100 ms")]
    [InlineData("270 ms")]
    public async Task A_fixed_delay_gives_the_same_bits_however_often_it_is_interrupted(string latency)
    {
        var whole = await HashAsync(latency);
        Assert.Equal(whole, await HashAsync(latency, inFlight: 3, shuffle: 5));
        var path = Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"));
        string run;
        await using (var engine = await ToyEngine.OpenAsync(path))
            run = await engine.SubmitAsync(Scenario(latency));
        for (var attempt = 1; ; attempt++)
        {
            await using var engine = await ToyEngine.OpenAsync(path);
            using var interrupt = new CancellationTokenSource();
            if (attempt < 20)
                interrupt.CancelAfter(TimeSpan.FromMilliseconds(4 * attempt));
            var outcome = await engine.Service.ExecuteAsync(run, new ExecutionOptions(), null, interrupt.Token);
            if (outcome.End.Kind == ExecutionEndKind.Interrupted)
                continue;
            Assert.True(outcome.End.Kind == ExecutionEndKind.Complete, outcome.End.Failure?.ToString());
            Assert.Equal(whole, outcome.Run.Conclusion!.ResultsHash);
            break;
        }
    }

    [Theory]
    [InlineData("measured")]
    [InlineData("30 ms")]
    [InlineData("270 ms")]
    public async Task What_was_delayed_replays_frame_by_frame_and_departs_nowhere_from_itself(string latency)
    {
        await using var engine = await ToyEngine.OpenAsync(Path.Combine(_folder.Path, "data"));
        var run = (await engine.RunAsync(Scenario(latency))).Run;
        var opened = await engine.Service.Library.OpenAsync(run.Id, prepare: true);
        var delayed = 0;
        foreach (var pair in run.Plan.Pairs)
        {
            var key = new RolloutKey("model", pair.Point, pair.Seed);
            var rollout = (await engine.Service.Library.RolloutAsync(run, key))!;
            delayed += rollout.Recording.HasArrivals ? 1 : 0;
            var world = run.Ready.Worlds.Of(key.Point);
            var replay = Replayer.Replay(world, run.Ready.Scenario.Seed, pair, rollout.Recording);
            Assert.Null(replay.FirstMismatch);
            Assert.Equal(rollout.State.Result!.Frames, replay.Matched);
            var variant = opened!.Ready.Variants["model"];
            using var session = variant.Model!.CreateSession(1);
            var departure = Reinference.Against(
                world,
                run.Ready.Scenario.Seed,
                pair,
                rollout.Recording,
                null,
                session,
                variant.InputSources
            );
            Assert.Null(departure.FirstDeparture);
        }

        Assert.Equal(run.Plan.Pairs.Count, delayed);
    }

    [Fact]
    public async Task The_stages_of_a_frame_sum_to_the_whole()
    {
        await using var engine = await ToyEngine.OpenAsync(Path.Combine(_folder.Path, "data"));
        var outcome = await engine.RunAsync(Scenario("none"));
        var stages = outcome.Assessment!.Latency.ToDictionary(stage => stage.Stage);
        var parts = stages.Values.Where(stage => stage.Stage != "whole").ToList();
        Assert.Equal(3, parts.Count);
        Assert.Equal(stages["whole"].Mean, parts.Sum(stage => stage.Mean), tolerance: 0.01 * stages["whole"].Mean);
        Assert.All(stages.Values, stage => Assert.Equal(outcome.Run.Plan.Pairs.Count * 40, stage.Frames));
    }

    [Fact]
    public void A_stretch_keeps_when_actions_arrived()
    {
        var recording = new FrameRecording(1);
        recording.Add([1], 11);
        recording.Add([2], 12, 5_000);
        recording.Add([2], 13, FrameRecording.NoArrival);
        var blob = new byte[SegmentFormat.BlobHeader + recording.SizeOf(recording.Count)];
        SegmentFormat.WriteHeader(blob);
        recording.Write(0, blob.AsSpan(SegmentFormat.BlobHeader));
        var read = new FrameRecording(1);
        SegmentFormat.Read(blob, SegmentFormat.BlobHeader, read);
        Assert.Equal([0u, 5_000u, FrameRecording.NoArrival], Enumerable.Range(0, 3).Select(read.Arrival));
        Assert.Equal([11ul, 12ul, 13ul], Enumerable.Range(0, 3).Select(read.Checksum));
    }

    private async Task<double> CostAsync(string latency)
    {
        await using var engine = await ToyEngine.OpenAsync(Path.Combine(_folder.Path, Guid.NewGuid().ToString("N")));
        var outcome = await engine.RunAsync(Scenario(latency));
        var results = await engine.Service.Library.CountedAsync(outcome.Run);
        return Enumerable.Range(0, results.Plan.Pairs.Count).Average(pair => results[0, pair]!.Values[1]);
    }

    private async Task<string> HashAsync(string latency, int inFlight = 32, ulong? shuffle = null)
    {
        var path = Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"));
        await using var engine = await ToyEngine.OpenAsync(path, inFlight: inFlight);
        return (await engine.RunAsync(Scenario(latency), new ExecutionOptions(shuffle))).Run.Conclusion!.ResultsHash;
    }

    // The expert as a model of one layer: push = -2 place - 2 speed.
    private string Scenario(string latency)
    {
        var path = Path.Combine(_folder.Path, "expert.onnx");
        if (!File.Exists(path))
            File.WriteAllBytes(
                path,
                new OnnxBuilder("expert")
                    .Input("state", ["batch", "2"])
                    .Constant("w", [2, 1], (ReadOnlySpan<float>)[-2f, -2f])
                    .Node("MatMul", ["state", "w"], ["action"])
                    .Output("action", ["batch", "1"])
                    .ToBytes()
            );
        return $$"""
            { "name": "late", "world": { "toy": { "noise": 0.5, "frames": 40 } }, "seeds": 24, "latency": "{{latency}}",
              "variants": { "model": "{{path}}" } }
            """;
    }
}
