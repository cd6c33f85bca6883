using SimEval.Actors.Mailboxes;

namespace SimEval.Actors.TestKit;

/// <summary>An actor that keeps what it is told, for tests to look at. Under a simulation, run it between looks.</summary>
/// <typeparam name="T">The messages.</typeparam>
public sealed class Probe<T>
{
    private readonly Queue<T> received = new();
    private readonly Lock gate = new();

    /// <summary>Starts it.</summary>
    public Probe(ActorSystem system, string name = "", int capacity = 10_000) =>
        Ref = system.Start(name, () => new Recorder(this), new() { Capacity = capacity });

    /// <summary>Its address.</summary>
    public ActorRef<T> Ref { get; }

    /// <summary>How many messages wait to be looked at.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return received.Count;
        }
    }

    /// <summary>Takes the oldest message; throws when there is none.</summary>
    public T Take()
    {
        lock (gate)
            return received.Count > 0
                ? received.Dequeue()
                : throw new InvalidOperationException($"{Ref.Path} has received nothing more.");
    }

    /// <summary>Takes all messages, oldest first.</summary>
    public IReadOnlyList<T> TakeAll()
    {
        lock (gate)
        {
            T[] all = [.. received];
            received.Clear();
            return all;
        }
    }

    private sealed class Recorder(Probe<T> probe) : Actor<T>
    {
        protected internal override void Receive(T message)
        {
            lock (probe.gate)
                probe.received.Enqueue(message);
        }
    }
}
