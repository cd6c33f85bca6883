using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>
/// asic.Table: an 8-bit value to another by a table of 256 entries, the first for the least byte (as unsigned). Inputs: x,
/// table [256].
/// </summary>
internal static class Tables
{
    /// <summary>Number of entries.</summary>
    public const int Entries = 256;

    /// <summary>The rule.</summary>
    public static Step Place(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        call.Require(1, ElementType.UInt8, ElementType.Int8);
        if (call[1].Known is not { Count: Entries } table)
            throw call.Refused($"its table must be a constant of {Entries} entries");
        var entries = table.Data.ToArray();
        return new Step(
            [new Operand(table.Type, call[0].Dims)],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < source.Length; i++)
                    target[i] = entries[source[i]];
            },
            Work.Vector(call[0].Count)
        );
    }
}
