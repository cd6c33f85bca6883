namespace SimEval.Cli;

/// <summary>
/// Tells every two seconds that a verb is at work, unless the verb itself told something in that time: what takes long inside a
/// runtime (opening a large model, say) has no pieces to count.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private readonly Terminal terminal;
    private readonly string verb;
    private readonly long begun;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private int told;

    /// <summary>Begins.</summary>
    /// <param name="terminal">Where it tells.</param>
    /// <param name="verb">What is at work.</param>
    /// <param name="time">The clock.</param>
    public Heartbeat(Terminal terminal, string verb, TimeProvider time)
    {
        (this.terminal, this.verb, this.time) = (terminal, verb, time);
        begun = time.GetTimestamp();
        told = terminal.Told;
        timer = time.CreateTimer(_ => Beat(), null, Every, Every);
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Beat()
    {
        if (terminal.Told == told)
            terminal.Tell($"{verb}: at work for {time.GetElapsedTime(begun).TotalSeconds:F0} s");
        told = terminal.Told;
    }
}
