namespace SimEval.Devices;

/// <summary>Why a model could not be loaded, bound or run.</summary>
public enum ModelFault
{
    /// <summary>The runtime's library is not installed: a fault of the machine, not of the model.</summary>
    RuntimeMissing,

    /// <summary>There is no device class of this name, or it does not run what it was asked to.</summary>
    UnknownDevice,

    /// <summary>The bytes are no model, or a damaged one.</summary>
    Unreadable,

    /// <summary>Larger than the limit.</summary>
    TooLarge,

    /// <summary>A model, but one that this device cannot run.</summary>
    Unsupported,

    /// <summary>It does not fit what it is bound to.</summary>
    Unbindable,

    /// <summary>It failed while running.</summary>
    RunFailed,
}

/// <summary>A model could not be loaded, bound or run. The message is for people and stands alone.</summary>
public sealed class ModelException : Exception
{
    /// <summary>With its class.</summary>
    public ModelException(ModelFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>The class.</summary>
    public ModelFault Fault { get; }
}
