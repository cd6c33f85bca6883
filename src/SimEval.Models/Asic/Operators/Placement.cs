using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>A step that only places elements: for each element of the output, the place it comes from, as stretches to copy.</summary>
internal static class Placement
{
    /// <summary>The element is none of the input's: it is zero, or what the caller fills.</summary>
    public const int Nothing = -1;

    private const int MostPlaces = 1 << 25;

    /// <summary>The whole input under other sizes.</summary>
    public static Step Copy(OperatorCall call, int[] dims)
    {
        if (Operand.Size(dims) != call[0].Count)
            throw call.Refused($"{call[0]} does not have the elements of [{string.Join(",", dims)}]");
        RequireBytes(call, call[0].Type);
        return new Step(
            [new Operand(call[0].Type, dims)],
            buffers => buffers.In<byte>(0).CopyTo(buffers.Out<byte>(0)),
            // Other sizes of the same bytes cost a board nothing.
            Work.Move(0)
        );
    }

    /// <summary>Elements of one input in another order.</summary>
    public static Step Of(OperatorCall call, int[] dims, int[] places)
    {
        RequireBytes(call, call[0].Type);
        var width = call[0].Type.Bits() / 8;
        // A stretch takes as much memory as three places.
        var isScattered = Stretches(places) > places.Length / 3;
        var runs = isScattered ? [] : Runs(places);
        return new Step(
            [new Operand(call[0].Type, dims)],
            isScattered
                ? buffers => Scatter(places, buffers.In<byte>(0), buffers.Out<byte>(0), width)
                : buffers => Apply(runs, buffers.In<byte>(0), buffers.Out<byte>(0), width),
            Work.Move((long)places.Length * width)
        );
    }

    /// <summary>Stretches of neighbours: place in the output, place in the input, length.</summary>
    public static (int To, int From, int Count)[] Runs(ReadOnlySpan<int> places)
    {
        var runs = new (int, int, int)[Stretches(places)];
        var at = 0;
        foreach (ref var run in runs.AsSpan())
        {
            var end = End(places, at);
            run = (at, places[at], end - at);
            at = end;
        }

        return runs;
    }

    private static int Stretches(ReadOnlySpan<int> places)
    {
        var count = 0;
        for (var at = 0; at < places.Length; count++)
            at = End(places, at);
        return count;
    }

    // Where the stretch that begins at an element ends.
    private static int End(ReadOnlySpan<int> places, int at)
    {
        var end = at + 1;
        var step = places[at] == Nothing ? 0 : 1;
        while (end < places.Length && places[end] == places[end - 1] + step && places[end] == Nothing == (step == 0))
            end++;
        return end;
    }

    private static void Scatter(ReadOnlySpan<int> places, ReadOnlySpan<byte> source, Span<byte> target, int width)
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] != Nothing)
                source.Slice(places[i] * width, width).CopyTo(target[(i * width)..]);
        }
    }

    /// <summary>Copies stretches; those from nowhere stay as they are.</summary>
    public static void Apply(
        (int To, int From, int Count)[] runs,
        ReadOnlySpan<byte> source,
        Span<byte> target,
        int width
    )
    {
        foreach (var (to, from, count) in runs)
        {
            if (from != Nothing)
                source.Slice(from * width, count * width).CopyTo(target[(to * width)..]);
        }
    }

    /// <summary>For each element of the output, the sum of what its index along each axis adds to the place.</summary>
    /// <param name="dims">Sizes of the output.</param>
    /// <param name="contributions">By axis and index; <see cref="Nothing"/> anywhere: the element is none of the input's.</param>
    public static int[] Places(int[] dims, IReadOnlyList<int[]> contributions)
    {
        var places = new int[Count(dims)];
        var index = new int[dims.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var place = 0;
            for (var axis = 0; axis < dims.Length && place != Nothing; axis++)
            {
                var part = contributions[axis][index[axis]];
                place = part == Nothing ? Nothing : place + part;
            }

            places[i] = place;
            for (var axis = dims.Length - 1; axis >= 0 && ++index[axis] == dims[axis]; axis--)
                index[axis] = 0;
        }

        return places;
    }

    /// <summary>Number of elements that an instruction places anew; refused where there are too many, before anything is made.</summary>
    public static int Count(ReadOnlySpan<int> dims) =>
        Operand.Size(dims) is var count && count <= MostPlaces
            ? count
            : throw new CompileException(
                $"one instruction places {count:N0} elements anew; at most {MostPlaces:N0} are emulated"
            );

    /// <summary>Distances between neighbours along each axis.</summary>
    public static int[] Strides(ReadOnlySpan<int> dims)
    {
        var strides = new int[dims.Length];
        var stride = 1;
        for (var axis = dims.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= dims[axis];
        }

        return strides;
    }

    /// <summary>Refuses element types that are not whole bytes.</summary>
    public static void RequireBytes(OperatorCall call, ElementType type)
    {
        if (type.Bits() < 8)
            throw call.Refused($"the move engine moves whole bytes, not {type.Name()}");
    }
}
