using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using SimEval.Devices.Sessions;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Torch;

/// <summary>A tensor in host memory, as simeval_torch.h declares it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTensor
{
    /// <summary>Its elements.</summary>
    public nint Data;

    /// <summary>Their size.</summary>
    public long Bytes;

    /// <summary>Sizes, outermost first.</summary>
    public long* Dims;

    /// <summary>Number of sizes.</summary>
    public int Rank;

    /// <summary>Element type.</summary>
    public int Type;
}

/// <summary>SimEval's C ABI over libtorch (src/native/torch/simeval_torch.h).</summary>
internal sealed unsafe class TorchApi
{
    private const int Abi = 1;
    private const int Unsupported = 2;
    private const int Unreadable = 3;

    private static readonly Lazy<TorchApi> Shared = new(() => new TorchApi(TorchLibrary.Load()));

    private readonly delegate* unmanaged[Cdecl]<byte*> error;
    private readonly delegate* unmanaged[Cdecl]<int, void> setThreads;
    private readonly delegate* unmanaged[Cdecl]<byte*, long, byte*, nint*, int> scriptLoad;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*> scriptSignature;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeTensor*, int, long*, int> scriptFindState;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> scriptInitialState;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, int> scriptPutState;
    private readonly delegate* unmanaged[Cdecl]<nint, nint*, int> scriptCopy;
    private readonly delegate* unmanaged[Cdecl]<byte*, long, byte*, nint*, int> programLoad;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeTensor*, int, nint*, int> run;
    private readonly delegate* unmanaged[Cdecl]<nint, int> resultCount;
    private readonly delegate* unmanaged[Cdecl]<nint, int, NativeTensor*, void> resultTensor;
    private readonly delegate* unmanaged[Cdecl]<nint, void> resultRelease;
    private readonly delegate* unmanaged[Cdecl]<
        nint,
        NativeTensor*,
        int,
        NativeTensor*,
        int*,
        int,
        nint,
        nint,
        nint*,
        int> planCreate;
    private readonly delegate* unmanaged[Cdecl]<nint, int> planRun;
    private readonly delegate* unmanaged[Cdecl]<nint, long, int> planRepeat;
    private readonly delegate* unmanaged[Cdecl]<nint, void> planRelease;
    private readonly delegate* unmanaged[Cdecl]<nint, void> modelRelease;

    private TorchApi(nint library)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, "simeval_" + name);
        var abi = ((delegate* unmanaged[Cdecl]<int>)Export("abi"))();
        if (abi != Abi)
            throw new ModelException(
                ModelFault.RuntimeMissing,
                $"{TorchLibrary.FileName} is of version {abi}, this program needs {Abi}: run src/native/torch/install.sh"
            );
        error = (delegate* unmanaged[Cdecl]<byte*>)Export("error");
        setThreads = (delegate* unmanaged[Cdecl]<int, void>)Export("set_threads");
        scriptLoad = (delegate* unmanaged[Cdecl]<byte*, long, byte*, nint*, int>)Export("script_load");
        scriptSignature = (delegate* unmanaged[Cdecl]<nint, byte*>)Export("script_signature");
        scriptFindState = (delegate* unmanaged[Cdecl]<nint, NativeTensor*, int, long*, int>)Export("script_find_state");
        scriptInitialState = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Export("script_initial_state");
        scriptPutState = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Export("script_put_state");
        scriptCopy = (delegate* unmanaged[Cdecl]<nint, nint*, int>)Export("script_copy");
        programLoad = (delegate* unmanaged[Cdecl]<byte*, long, byte*, nint*, int>)Export("program_load");
        run = (delegate* unmanaged[Cdecl]<nint, NativeTensor*, int, nint*, int>)Export("run");
        resultCount = (delegate* unmanaged[Cdecl]<nint, int>)Export("result_count");
        resultTensor = (delegate* unmanaged[Cdecl]<nint, int, NativeTensor*, void>)Export("result_tensor");
        resultRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("result_release");
        planCreate = (delegate* unmanaged[Cdecl]<
            nint,
            NativeTensor*,
            int,
            NativeTensor*,
            int*,
            int,
            nint,
            nint,
            nint*,
            int>)Export("plan_create");
        planRun = (delegate* unmanaged[Cdecl]<nint, int>)Export("plan_run");
        planRepeat = (delegate* unmanaged[Cdecl]<nint, long, int>)Export("plan_repeat");
        planRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("plan_release");
        modelRelease = (delegate* unmanaged[Cdecl]<nint, void>)Export("model_release");
        Version = TextOf(((delegate* unmanaged[Cdecl]<byte*>)Export("version"))());
        HasCuda = ((delegate* unmanaged[Cdecl]<int>)Export("cuda_built"))() != 0;
        CudaDevices = ((delegate* unmanaged[Cdecl]<int>)Export("cuda_devices"))();
    }

    /// <summary>The one instance of the process; the library is loaded on first use.</summary>
    public static TorchApi Instance => Shared.Value;

    /// <summary>"libtorch 1.13.0".</summary>
    public string Version { get; }

    /// <summary>Whether its libtorch has CUDA.</summary>
    public bool HasCuda { get; }

    /// <summary>CUDA devices of this machine.</summary>
    public int CudaDevices { get; }

    /// <summary>Threads inside one forward, for the whole process.</summary>
    public void SetThreads(int threads) => setThreads(threads);

    /// <summary>Reads a TorchScript archive.</summary>
    public nint LoadScript(ReadOnlySpan<byte> bytes, string device) => Load(scriptLoad, bytes, device);

    /// <summary>Reads a lowered graph.</summary>
    public nint LoadProgram(ReadOnlySpan<byte> bytes, string device) => Load(programLoad, bytes, device);

    /// <summary>The lines that simeval_script_signature gives.</summary>
    public string SignatureOf(nint script) => TextOf(scriptSignature(script));

    /// <summary>Finds the state that forward keeps in the module; its bytes at the beginning, empty when there is none.</summary>
    public byte[] FindState(nint script, ReadOnlySpan<NativeTensor> inputs)
    {
        long bytes;
        fixed (NativeTensor* first = inputs)
        {
            Check(scriptFindState(script, first, inputs.Length, &bytes));
        }

        var state = new byte[bytes];
        fixed (byte* to = state)
        {
            if (bytes > 0)
                Check(scriptInitialState(script, to));
        }

        return state;
    }

    /// <summary>Puts a state back into the module.</summary>
    public void PutState(nint script, ReadOnlySpan<byte> state)
    {
        fixed (byte* from = state)
        {
            Check(scriptPutState(script, from));
        }
    }

    /// <summary>A copy of a module with state of its own.</summary>
    public nint CopyScript(nint script)
    {
        nint copy;
        Check(scriptCopy(script, &copy));
        return copy;
    }

    /// <summary>One forward; copies of the results.</summary>
    public Tensor[] Run(nint model, ReadOnlySpan<NativeTensor> inputs)
    {
        nint result;
        fixed (NativeTensor* first = inputs)
        {
            Check(run(model, first, inputs.Length, &result));
        }

        try
        {
            var tensors = new Tensor[resultCount(result)];
            for (var i = 0; i < tensors.Length; i++)
            {
                NativeTensor tensor;
                resultTensor(result, i, &tensor);
                tensors[i] = new Tensor(
                    (ElementType)tensor.Type,
                    new ReadOnlySpan<long>(tensor.Dims, tensor.Rank).ToArray(),
                    new ReadOnlySpan<byte>((void*)tensor.Data, (int)tensor.Bytes).ToArray()
                );
            }

            return tensors;
        }
        finally
        {
            resultRelease(result);
        }
    }

    /// <summary>A forward over fixed memory.</summary>
    public nint CreatePlan(
        nint model,
        ReadOnlySpan<NativeTensor> inputs,
        ReadOnlySpan<NativeTensor> outputs,
        ReadOnlySpan<int> which,
        nint stateIn,
        nint stateOut
    )
    {
        nint plan;
        fixed (
            NativeTensor* i = inputs,
                o = outputs
        )
        fixed (int* w = which)
        {
            CheckForward(planCreate(model, i, inputs.Length, o, w, outputs.Length, stateIn, stateOut, &plan));
        }

        return plan;
    }

    /// <summary>Runs a plan.</summary>
    public void RunPlan(nint plan) => CheckForward(planRun(plan));

    /// <summary>Runs a plan so many times, in a native loop.</summary>
    public void RepeatPlan(nint plan, long times) => CheckForward(planRepeat(plan, times));

    /// <summary>Releases a plan.</summary>
    public void ReleasePlan(nint plan) => planRelease(plan);

    /// <summary>Releases a model; plans over it keep what they need of it.</summary>
    public void ReleaseModel(nint model) => modelRelease(model);

    private nint Load(
        delegate* unmanaged[Cdecl]<byte*, long, byte*, nint*, int> load,
        ReadOnlySpan<byte> bytes,
        string device
    )
    {
        nint model;
        fixed (byte* first = bytes)
        fixed (byte* name = Encoding.UTF8.GetBytes(device + '\0'))
        {
            try
            {
                Check(load(first, bytes.Length, name, &model));
            }
            catch (ForwardException e)
            {
                throw NoModel(e.Message);
            }
        }

        return model;
    }

    // Once a model is bound, whatever its forward says is that frame's failure.
    private void CheckForward(int status)
    {
        if (status != 0)
            throw new ForwardException(TorchError.Line(TextOf(error())));
    }

    private void Check(int status)
    {
        if (status == 0)
            return;
        var text = TorchError.Line(TextOf(error()));
        throw status switch
        {
            Unsupported => new ModelException(ModelFault.Unsupported, text),
            Unreadable => NoModel(text),
            _ => new ForwardException(text),
        };
    }

    private static ModelException NoModel(string text) =>
        new(ModelFault.Unreadable, $"this is no model that libtorch can read, or a damaged one: {text}");

    private static string TextOf(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}

/// <summary>libtorch's words on one line.</summary>
internal static partial class TorchError
{
    private const int Most = 600;

    /// <summary>What the interpreter's traceback ends in, or else the whole; cut where it grows too long.</summary>
    public static string Line(string text)
    {
        var cause = Cause().Matches(text).LastOrDefault();
        var words = cause is null ? text : text[(cause.Index + cause.Length)..];
        var line = Place().Replace(words, "").ReplaceLineEndings(" ").Trim();
        return line.Length <= Most ? line : line[..Most] + "...";
    }

    // "RuntimeError: ", "builtins.ValueError: " at the beginning of a line.
    [GeneratedRegex(@"^\s*[\w.]*(Error|Exception): ", RegexOptions.Multiline)]
    private static partial Regex Cause();

    // "[enforce fail at alloc_cpu.cpp:75] err == 0. ": a place in its source, and what was expected there.
    [GeneratedRegex(@"\[enforce fail at [^\]]*\][^.]*\. ")]
    private static partial Regex Place();
}
