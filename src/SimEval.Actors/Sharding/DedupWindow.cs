using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>What is known about a command's number.</summary>
internal enum CommandAge
{
    New,
    Repeated,
    TooOld,
}

/// <summary>
/// The answers to the last commands of each client, bounded per client and in clients. A number at or below the newest one
/// that fell out of the window can't be told from a repeat, and is refused.
/// </summary>
internal sealed class DedupWindow(int perClient, int maxClients)
{
    private readonly Dictionary<string, LinkedListNode<Client>> clients = new(StringComparer.Ordinal);
    private readonly LinkedList<Client> byUse = new();

    public int Clients => clients.Count;

    public CommandAge Look(CommandId id, out ReadOnlyMemory<byte> answer)
    {
        answer = default;
        if (!clients.TryGetValue(id.Client, out var node))
            return CommandAge.New;
        Touch(node);
        if (node.Value.Answers.TryGetValue(id.Seq, out answer))
            return CommandAge.Repeated;
        return id.Seq <= node.Value.Forgotten ? CommandAge.TooOld : CommandAge.New;
    }

    public void Remember(CommandId id, ReadOnlyMemory<byte> answer)
    {
        if (!clients.TryGetValue(id.Client, out var node))
        {
            node = byUse.AddLast(new Client(id.Client));
            clients.Add(id.Client, node);
            if (clients.Count > maxClients)
            {
                clients.Remove(byUse.First!.Value.Name);
                byUse.RemoveFirst();
            }
        }

        Touch(node);
        node.Value.Answers[id.Seq] = answer;
        if (node.Value.Answers.Count > perClient)
        {
            var oldest = node.Value.Answers.Keys[0];
            node.Value.Answers.RemoveAt(0);
            node.Value.Forgotten = Math.Max(node.Value.Forgotten, oldest);
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(byUse.Count);
        foreach (var client in byUse)
        {
            writer.Write(client.Name);
            writer.Write(client.Forgotten);
            writer.Write(client.Answers.Count);
            foreach (var (seq, answer) in client.Answers)
            {
                writer.Write(seq);
                writer.Write(answer.Length);
                writer.Write(answer.Span);
            }
        }
    }

    public void Read(BinaryReader reader)
    {
        for (var clientsLeft = reader.ReadInt32(); clientsLeft > 0; clientsLeft--)
        {
            var client = new Client(reader.ReadString()) { Forgotten = reader.ReadInt64() };
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                var seq = reader.ReadInt64();
                client.Answers[seq] = reader.ReadBytes(reader.ReadInt32());
            }

            clients[client.Name] = byUse.AddLast(client);
        }
    }

    private void Touch(LinkedListNode<Client> node)
    {
        byUse.Remove(node);
        byUse.AddLast(node);
    }

    private sealed class Client(string name)
    {
        public string Name => name;

        public long Forgotten { get; set; } = long.MinValue;

        public SortedList<long, ReadOnlyMemory<byte>> Answers { get; } = [];
    }
}
