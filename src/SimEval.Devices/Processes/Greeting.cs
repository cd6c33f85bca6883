using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SimEval.Devices.Binding;

namespace SimEval.Devices.Processes;

/// <summary>What a program says of itself, in answer to SimEval's greeting (docs/formats/process-protocol.md).</summary>
/// <param name="Inputs">The observation tensors that it wants, in this order; null: all.</param>
/// <param name="MaximumBatch">Most frames of one message.</param>
/// <param name="HoldsState">Whether it keeps something of a rollout between its frames.</param>
/// <param name="Runtime">Its interpreter and libraries, for provenance.</param>
internal sealed record Greeting(IReadOnlyList<string>? Inputs, int MaximumBatch, bool HoldsState, string Runtime)
{
    /// <summary>The version of the protocol.</summary>
    public const int Version = 1;

    /// <summary>Most bytes of a greeting.</summary>
    public const int MostBytes = 1 << 16;

    private const int MostRuntimeCharacters = 200;

    /// <summary>SimEval's greeting, as a message with its header.</summary>
    public static byte[] Ask(BindingRequest request, int maximumBatch)
    {
        var json = new JsonObject
        {
            ["protocol"] = Version,
            ["observation"] = new JsonArray([.. request.Observation.Select(tensor => (JsonNode)Describe(tensor))]),
            ["action"] = Describe(request.Action),
            ["maxBatch"] = maximumBatch,
        };
        var body = Encoding.UTF8.GetBytes(json.ToJsonString());
        var message = new byte[4 + body.Length];
        BitConverter.TryWriteBytes(message, body.Length);
        body.CopyTo(message, 4);
        return message;
    }

    /// <summary>Greets a program that has just started. Throws <see cref="ProgramException"/>, the program being ended, when that fails.</summary>
    /// <param name="program">The program.</param>
    /// <param name="hello">From <see cref="Ask"/>.</param>
    /// <param name="maximumBatch">Most frames that a message may get.</param>
    /// <param name="patience">Deadline.</param>
    public static Greeting Exchange(RunningProgram program, byte[] hello, int maximumBatch, TimeSpan patience)
    {
        var answer = program.Exchange(hello, MostBytes, patience);
        try
        {
            return Read(answer, maximumBatch);
        }
        catch (ProgramException wrong)
        {
            throw program.End(wrong.Message);
        }
    }

    private static Greeting Read(ReadOnlySpan<byte> answer, int maximumBatch)
    {
        JsonObject json;
        try
        {
            json =
                JsonNode.Parse(Encoding.UTF8.GetString(answer)) as JsonObject
                ?? throw new ProgramException("the program's greeting is no JSON object");
            if (json["error"] is { } error)
                throw new ProgramException($"the program says: {LastWords.OneLine(error.GetValue<string>())}");
            var version = json["protocol"]?.GetValue<int>();
            if (version != Version)
                throw new ProgramException(
                    $"the program's greeting names protocol {version?.ToString() ?? "(none)"}; this SimEval speaks {Version}"
                );
            var batch = json["maxBatch"]?.GetValue<int>() ?? maximumBatch;
            if (batch < 1)
                throw new ProgramException($"the program's greeting has a maxBatch of {batch}; it is at least 1");
            var runtime = LastWords.OneLine(json["runtime"]?.GetValue<string>() ?? "unnamed");
            return new Greeting(
                json["inputs"]?.AsArray().Select(name => NameOf(name)).ToList(),
                Math.Min(batch, maximumBatch),
                json["state"]?.GetValue<bool>() ?? false,
                runtime.Length <= MostRuntimeCharacters ? runtime : runtime[..MostRuntimeCharacters]
            );
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new ProgramException($"the program's greeting cannot be read: {LastWords.OneLine(e.Message)}");
        }
    }

    private static string NameOf(JsonNode? name) =>
        name?.GetValue<string>() ?? throw new ProgramException("the program's greeting has an input without a name");

    private static JsonObject Describe(TensorSpec tensor) =>
        new()
        {
            ["name"] = tensor.Name,
            ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
            ["meaning"] = tensor.Meaning,
        };
}
