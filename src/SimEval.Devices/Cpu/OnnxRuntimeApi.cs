using System.Runtime.InteropServices;
using System.Text;
using SimEval.Devices.Probing;
using SimEval.Devices.Sessions;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Cpu;

/// <summary>
/// ONNX Runtime's C API, as far as it is used: the table of functions that OrtGetApiBase()->GetApi(version) returns. The
/// numbers are places in that table, which never change (onnxruntime_c_api.h: new functions are appended).
/// </summary>
internal sealed unsafe class OnnxRuntimeApi
{
    private const uint ApiVersion = 13;
    private const int LogFatalOnly = 4;
    private const int OptimizeAll = 99;
    private const int TensorKind = 1;

    private static readonly Lazy<OnnxRuntimeApi> Shared = new(() => new OnnxRuntimeApi(OnnxRuntimeLibrary.Load()));

    private readonly nint* table;
    private readonly nint environment;
    private readonly nint cpuMemory;
    private readonly nint allocator;

    private OnnxRuntimeApi(nint library)
    {
        var getBase = (delegate* unmanaged[Cdecl]<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        var apiBase = getBase();
        Version =
            Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)apiBase[1])())
            ?? throw new ModelException(ModelFault.RuntimeMissing, "ONNX Runtime's library tells no version");
        table = (nint*)((delegate* unmanaged[Cdecl]<uint, nint>)apiBase[0])(ApiVersion);
        if (table is null)
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"ONNX Runtime {Version} is too old: it lacks version {ApiVersion} of its C API"
            );
        nint made;
        fixed (byte* name = "simeval\0"u8)
        {
            Check(((delegate* unmanaged[Cdecl]<int, byte*, nint*, nint>)table[3])(LogFatalOnly, name, &made));
        }

        environment = made;
        Check(((delegate* unmanaged[Cdecl]<int, int, nint*, nint>)table[69])(1, 0, &made));
        cpuMemory = made;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)table[78])(&made));
        allocator = made;
        LimitMemory();
    }

    /// <summary>The one instance of the process; the library is loaded on first use.</summary>
    public static OnnxRuntimeApi Instance => Shared.Value;

    /// <summary>"1.30.0".</summary>
    public string Version { get; }

    /// <summary>Creates a session from a model's bytes; the session does not refer to them afterwards.</summary>
    public nint CreateSession(ReadOnlySpan<byte> model, int threads)
    {
        nint options;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)table[10])(&options));
        try
        {
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)table[23])(options, OptimizeAll));
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)table[24])(options, threads));
            Check(((delegate* unmanaged[Cdecl]<nint, int, nint>)table[25])(options, 1));
            // Without it, u8 x s8 products saturate on processors without VNNI; with it, they take twice as long on those with.
            if (!ProcessorFeatures.HasVnni)
                AddConfiguration(options, "session.x64quantprecision\0"u8, "1\0"u8);
            AddConfiguration(options, "session.intra_op.allow_spinning\0"u8, "0\0"u8);
            AddConfiguration(options, "session.use_env_allocators\0"u8, "1\0"u8);
            nint session;
            fixed (byte* bytes = model)
            {
                Check(
                    ((delegate* unmanaged[Cdecl]<nint, byte*, nuint, nint, nint*, nint>)table[8])(
                        environment,
                        bytes,
                        (nuint)model.Length,
                        options,
                        &session
                    )
                );
            }

            return session;
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)table[100])(options);
        }
    }

    /// <summary>Releases a session.</summary>
    public void ReleaseSession(nint session) => ((delegate* unmanaged[Cdecl]<nint, void>)table[95])(session);

    /// <summary>The inputs, or the outputs, that a session declares.</summary>
    public List<ModelTensor> Tensors(nint session, bool outputs)
    {
        nuint count;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)table[outputs ? 31 : 30])(session, &count));
        var tensors = new List<ModelTensor>();
        for (nuint i = 0; i < count; i++)
        {
            nint name,
                info;
            Check(
                ((delegate* unmanaged[Cdecl]<nint, nuint, nint, nint*, nint>)table[outputs ? 37 : 36])(
                    session,
                    i,
                    allocator,
                    &name
                )
            );
            var text = Marshal.PtrToStringUTF8(name) ?? "";
            Check(((delegate* unmanaged[Cdecl]<nint, nint, nint>)table[76])(allocator, name));
            Check(((delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)table[outputs ? 34 : 33])(session, i, &info));
            try
            {
                var (type, dims) = TypeAndShape(info);
                tensors.Add(new ModelTensor(text, type, dims));
            }
            finally
            {
                ((delegate* unmanaged[Cdecl]<nint, void>)table[98])(info);
            }
        }

        return tensors;
    }

    /// <summary>A tensor over memory that the caller owns and keeps until the value is released.</summary>
    public nint CreateTensor(nint data, long bytes, ReadOnlySpan<long> dims, ElementType type)
    {
        nint value;
        fixed (long* sizes = dims)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<nint, nint, nuint, long*, nuint, int, nint*, nint>)table[49])(
                    cpuMemory,
                    data,
                    (nuint)bytes,
                    sizes,
                    (nuint)dims.Length,
                    (int)type,
                    &value
                )
            );
        }

        return value;
    }

    /// <summary>A tensor of text, which the runtime owns. A text ends at its first zero character.</summary>
    public nint CreateTextTensor(ReadOnlySpan<long> dims, IReadOnlyList<string> texts)
    {
        nint value;
        fixed (long* sizes = dims)
        {
            Check(
                ((delegate* unmanaged[Cdecl]<nint, long*, nuint, int, nint*, nint>)table[48])(
                    allocator,
                    sizes,
                    (nuint)dims.Length,
                    (int)ElementType.Text,
                    &value
                )
            );
        }

        using var copies = new NativeNames(texts);
        try
        {
            Check(
                ((delegate* unmanaged[Cdecl]<nint, nint*, nuint, nint>)table[52])(
                    value,
                    copies.Pointer,
                    (nuint)texts.Count
                )
            );
        }
        catch
        {
            ReleaseValue(value);
            throw;
        }

        return value;
    }

    /// <summary>A copy of a tensor that a run has made; null when the value is a sequence, a map or an optional.</summary>
    public Tensor? Read(nint value)
    {
        int kind;
        Check(((delegate* unmanaged[Cdecl]<nint, int*, nint>)table[67])(value, &kind));
        if (kind != TensorKind)
            return null;
        nint shape;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)table[65])(value, &shape));
        int type;
        long[] dims;
        try
        {
            Check(((delegate* unmanaged[Cdecl]<nint, int*, nint>)table[60])(shape, &type));
            dims = SizesOf(shape);
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)table[99])(shape);
        }

        var count = dims.Aggregate(1L, (product, size) => checked(product * size));
        if ((ElementType)type == ElementType.Text)
            return new Tensor(dims, TextsOf(value, (int)count));
        var size = Tensor.BytesOf((ElementType)type, count);
        if (size > Array.MaxLength)
            throw new ModelException(
                ModelFault.TooLarge,
                $"the model gives a tensor [{string.Join(",", dims)}] of {size:N0} bytes; at most {Array.MaxLength:N0} are held. Fewer rows at once give less"
            );
        var bytes = new byte[size];
        if (bytes.Length > 0)
        {
            nint data;
            Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)table[51])(value, &data));
            new ReadOnlySpan<byte>((void*)data, bytes.Length).CopyTo(bytes);
            // An odd number of nibbles leaves half a byte that the runtime never writes.
            if (((ElementType)type).Bits() == 4 && count % 2 == 1)
                bytes[^1] &= 0xF;
        }

        return new Tensor((ElementType)type, dims, bytes);
    }

    /// <summary>The sizes of a tensor that a run has made.</summary>
    public int[] ShapeOf(nint value)
    {
        nint shape;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)table[65])(value, &shape));
        try
        {
            return DimsOf(shape);
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)table[99])(shape);
        }
    }

    /// <summary>Releases a tensor.</summary>
    public void ReleaseValue(nint value) => ((delegate* unmanaged[Cdecl]<nint, void>)table[96])(value);

    /// <summary>Options of a run that another thread may end.</summary>
    public nint CreateRunOptions()
    {
        nint options;
        Check(((delegate* unmanaged[Cdecl]<nint*, nint>)table[39])(&options));
        return options;
    }

    /// <summary>Makes runs with these options return an error soon.</summary>
    public void Terminate(nint runOptions) => Check(((delegate* unmanaged[Cdecl]<nint, nint>)table[46])(runOptions));

    /// <summary>Releases run options.</summary>
    public void ReleaseRunOptions(nint options) => ((delegate* unmanaged[Cdecl]<nint, void>)table[97])(options);

    /// <summary>
    /// One forward. Where an entry of <paramref name="outputs"/> is zero, the runtime allocates the tensor; else it writes
    /// into the given one.
    /// </summary>
    public void Run(
        nint session,
        nint runOptions,
        nint* inputNames,
        nint* inputs,
        int inputCount,
        nint* outputNames,
        nint* outputs,
        int outputCount
    ) =>
        Check(
            ((delegate* unmanaged[Cdecl]<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)table[9])(
                session,
                runOptions,
                inputNames,
                inputs,
                (nuint)inputCount,
                outputNames,
                (nuint)outputCount,
                outputs
            )
        );

    /// <summary>
    /// One arena for all sessions, of at most half the memory that this process may use: a model that asks for more gets
    /// the runtime's error instead of taking the machine down.
    /// </summary>
    private void LimitMemory()
    {
        nint arena;
        fixed (byte* key = "max_mem\0"u8)
        {
            var keys = key;
            var limit = (nuint)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);
            Check(
                ((delegate* unmanaged[Cdecl]<byte**, nuint*, nuint, nint*, nint>)table[164])(&keys, &limit, 1, &arena)
            );
        }

        try
        {
            Check(((delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)table[144])(environment, cpuMemory, arena));
        }
        finally
        {
            ((delegate* unmanaged[Cdecl]<nint, void>)table[157])(arena);
        }
    }

    private void AddConfiguration(nint options, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (
            byte* k = key,
                v = value
        )
        {
            Check(((delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)table[130])(options, k, v));
        }
    }

    private (ElementType Type, int[] Dims) TypeAndShape(nint typeInfo)
    {
        nint tensor;
        Check(((delegate* unmanaged[Cdecl]<nint, nint*, nint>)table[55])(typeInfo, &tensor));
        if (tensor == 0)
            return (ElementType.Undefined, []);
        int type;
        Check(((delegate* unmanaged[Cdecl]<nint, int*, nint>)table[60])(tensor, &type));
        return ((ElementType)type, DimsOf(tensor));
    }

    private string[] TextsOf(nint value, int count)
    {
        nuint length;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)table[53])(value, &length));
        var text = new byte[(int)length];
        var starts = new nuint[count + 1];
        fixed (byte* bytes = text)
        fixed (nuint* offsets = starts)
        {
            byte nothing;
            Check(
                ((delegate* unmanaged[Cdecl]<nint, byte*, nuint, nuint*, nuint, nint>)table[54])(
                    value,
                    bytes is null ? &nothing : bytes,
                    length,
                    offsets,
                    (nuint)count
                )
            );
        }

        starts[count] = length;
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => Encoding.UTF8.GetString(text[(int)starts[i]..(int)starts[i + 1]])),
        ];
    }

    private int[] DimsOf(nint shape) =>
        [.. SizesOf(shape).Select(size => size < 0 ? -1 : (int)Math.Min(size, int.MaxValue))];

    private long[] SizesOf(nint shape)
    {
        nuint rank;
        Check(((delegate* unmanaged[Cdecl]<nint, nuint*, nint>)table[61])(shape, &rank));
        var sizes = new long[(int)rank];
        fixed (long* dims = sizes)
        {
            Check(((delegate* unmanaged[Cdecl]<nint, long*, nuint, nint>)table[62])(shape, dims, rank));
        }

        return sizes;
    }

    private void Check(nint status)
    {
        if (status == 0)
            return;
        var text = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint, nint>)table[2])(status)) ?? "no message";
        var code = ((delegate* unmanaged[Cdecl]<nint, int>)table[1])(status);
        ((delegate* unmanaged[Cdecl]<nint, void>)table[93])(status);
        throw new OnnxRuntimeException(code, text);
    }
}

/// <summary>A status that the runtime returned.</summary>
/// <param name="code">OrtErrorCode.</param>
/// <param name="message">The runtime's words.</param>
internal sealed class OnnxRuntimeException(int code, string message)
    : ForwardException(RuntimeText.WithoutSource(message))
{
    private const int NotImplemented = 9;

    /// <summary>Whether the runtime says that it lacks what the model asks for.</summary>
    public bool IsNotImplemented => code == NotImplemented;

    /// <summary>Its words on one line, cut where they grow too long.</summary>
    public string Line
    {
        get
        {
            const int most = 600;
            var text = Message.ReplaceLineEndings(" ").Trim();
            return text.Length <= most ? text : text[..most] + "...";
        }
    }
}
