using System.Runtime.InteropServices;

namespace SimEval.Cli;

/// <summary>
/// Ctrl-C and SIGTERM: the first asks the work to stop where it can be taken up again, the second ends the process at once
/// (which loses nothing either: it is what a kill does).
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Terminal _terminal;
    private readonly bool _keeps;
    private readonly List<PosixSignalRegistration> _signals = [];

    /// <summary>Listens from now on.</summary>
    /// <param name="terminal">Where it is told.</param>
    /// <param name="keeps">Whether what is finished by then is kept.</param>
    public Interruption(Terminal terminal, bool keeps)
    {
        (_terminal, _keeps) = (terminal, keeps);
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, Handle));
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            Environment.Exit((int)ExitCode.Interrupted);
        }
        _terminal.Tell($"stopping{(_keeps ? ": what is finished is being kept" : "")} (again to stop at once)");
        _source.Cancel();
    }
}
