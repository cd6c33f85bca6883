namespace SimEval.Engine.Training;

/// <summary>Observations with the expert's action for each, in the order in which they were appended.</summary>
internal sealed class LabelledRows(int inputs, int outputs)
{
    private float[] observations = new float[1024 * inputs];
    private float[] labels = new float[1024 * outputs];

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Elements of an observation.</summary>
    public int Inputs => inputs;

    /// <summary>Elements of an action.</summary>
    public int Outputs => outputs;

    /// <summary>All observations, (Count, inputs).</summary>
    public ReadOnlySpan<float> Observations => observations.AsSpan(0, Count * inputs);

    /// <summary>All labels, (Count, outputs).</summary>
    public ReadOnlySpan<float> Labels => labels.AsSpan(0, Count * outputs);

    /// <summary>Appends a row; both spans are to be filled by the caller before the next call.</summary>
    public void Append(out Span<float> observation, out Span<float> label)
    {
        if ((Count + 1) * inputs > observations.Length)
        {
            Array.Resize(ref observations, observations.Length * 2);
            Array.Resize(ref labels, labels.Length * 2);
        }

        observation = observations.AsSpan(Count * inputs, inputs);
        label = labels.AsSpan(Count * outputs, outputs);
        Count++;
    }

    /// <summary>Appends all rows of another.</summary>
    public void Append(LabelledRows other)
    {
        for (var row = 0; row < other.Count; row++)
        {
            Append(out var observation, out var label);
            other.Observations.Slice(row * inputs, inputs).CopyTo(observation);
            other.Labels.Slice(row * outputs, outputs).CopyTo(label);
        }
    }
}
