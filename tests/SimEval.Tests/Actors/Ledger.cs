using System.Collections.Immutable;
using System.Text;
using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;

namespace SimEval.Tests.Actors;

/// <summary>
/// An entity for tests: a list of the numbers it was given, in order, so that a loss, a repeat or a swap is seen. It can
/// pass numbers on, refuse, ask for effects, and throw.
/// </summary>
public static class Ledger
{
    public const string Name = "ledger";

    public sealed record State(ImmutableList<int> Numbers)
    {
        public static State Empty { get; } = new([]);

        public override string ToString() => string.Join(",", Numbers);
    }

    /// <summary>Add(n): one event. Pass(n, to): an event here and Add(n) there. Many(n): n events. Refuse, Throw, Effect(n), Nothing.</summary>
    public sealed record Command(string Verb, int Number = 0, string To = "", string? Shard = null);

    public static EntityType<State, Command, int, int, int> Type(
        IEffectHandler<State, int>? effects = null,
        int snapshotEvery = 5,
        Func<int, bool>? poison = null
    ) =>
        new()
        {
            Name = Name,
            Initial = State.Empty,
            Decide = Decide,
            Evolve = (state, number) =>
                poison?.Invoke(number) == true
                    ? throw new InvalidOperationException($"{number} is poison")
                    : new(state.Numbers.Add(number)),
            Events = new(n => Text("Added", 2, $"{n}"), Decoded("Added", 2, int.Parse)),
            Commands = new(
                c => Text("Command", 1, string.Join('|', c.Verb, c.Number, c.To, c.Shard)),
                Decoded("Command", 1, ParseCommand)
            ),
            States = new(s => Text("Ledger", 1, s.ToString()), Decoded("Ledger", 1, ParseState)),
            Replies = new(n => Text("Count", 1, $"{n}"), Decoded("Count", 1, int.Parse)),
            Effects = effects,
            SnapshotEvery = snapshotEvery,
        };

    public static Encoded Text(string manifest, int version, string text) =>
        new(manifest, version, Encoding.UTF8.GetBytes(text));

    private static Decision<int, int, int> Decide(State state, Command command, DateTimeOffset now)
    {
        var count = state.Numbers.Count;
        return command.Verb switch
        {
            "add" => new(count + 1) { Events = [command.Number] },
            "pass" => new(count + 1)
            {
                Events = [command.Number],
                Messages = [new(new(Name, command.To, command.Shard), new Command("add", command.Number))],
            },
            "many" => new(count + command.Number) { Events = [.. Enumerable.Range(0, command.Number)] },
            "effect" => new(count + 1) { Events = [command.Number], Effects = [command.Number] },
            "refuse" => Decision.Rejected<int, int, int>("refused"),
            "nothing" => new(count),
            _ => throw new InvalidOperationException($"poison {command.Number}"),
        };
    }

    private static Func<Encoded, T> Decoded<T>(string manifest, int version, Func<string, T> parse) =>
        bytes =>
            (bytes.Manifest, bytes.Version) == (manifest, version)
                ? parse(Encoding.UTF8.GetString(bytes.Payload.Span))
                : throw new FormatException($"{bytes.Manifest} version {bytes.Version} is not known.");

    private static Command ParseCommand(string text)
    {
        var parts = text.Split('|');
        return new(parts[0], int.Parse(parts[1]), parts[2], parts[3].Length == 0 ? null : parts[3]);
    }

    private static State ParseState(string text) =>
        text.Length == 0 ? State.Empty : new([.. text.Split(',').Select(int.Parse)]);
}
