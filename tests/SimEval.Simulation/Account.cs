using System.Collections.Immutable;
using System.Text;
using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;

namespace SimEval.Simulation;

/// <summary>An entity that writes down each token it is given, and passes it on to another, which writes it down too.</summary>
internal static class Account
{
    public const string Name = "account";

    public sealed record State(ImmutableList<string> Tokens)
    {
        public override string ToString() => string.Join(' ', Tokens);
    }

    public sealed record Command(string Verb, string Token, string To);

    public static EntityType<State, Command, string, int, string> Type(int snapshotEvery) =>
        new()
        {
            Name = Name,
            Initial = new([]),
            Decide = (state, command, _) =>
                command.Verb switch
                {
                    "send" => new($"{state.Tokens.Count}")
                    {
                        Events = ["sent:" + command.Token],
                        Messages =
                        [
                            new(new(Name, command.To), command with { Verb = "receive" }),
                            new(new(Name, command.To), command with { Verb = "receive", Token = command.Token + "+" }),
                        ],
                    },
                    "receive" => new("") { Events = ["got:" + command.Token] },
                    _ => Decision.Rejected<string, int, string>($"no, {state.Tokens.Count}"),
                },
            Evolve = (state, token) => new(state.Tokens.Add(token)),
            Events = Text("Token", t => t, t => t),
            Commands = Text("Command", c => $"{c.Verb}|{c.Token}|{c.To}", Parse),
            States = Text("Tokens", s => s.ToString(), t => new State(t.Length == 0 ? [] : [.. t.Split(' ')])),
            Replies = Text("Reply", t => t, t => t),
            SnapshotEvery = snapshotEvery,
        };

    public static string Token(LogEntry entry) => Encoding.UTF8.GetString(entry.Body.Payload.Span);

    private static Codec<T> Text<T>(string manifest, Func<T, string> write, Func<string, T> read) =>
        new(
            v => new(manifest, 1, Encoding.UTF8.GetBytes(write(v))),
            e => read(Encoding.UTF8.GetString(e.Payload.Span))
        );

    private static Command Parse(string text)
    {
        var parts = text.Split('|');
        return new(parts[0], parts[1], parts[2]);
    }
}
