using SimEval.Models;

namespace SimEval.Devices.Binding;

/// <summary>Fits a model's inputs and outputs to an observation and action layout, from names and shapes alone.</summary>
public static class ModelBinder
{
    /// <summary>
    /// All errors are reported; null when there are any. An input is fed from the layout tensor that the request names for
    /// it, else from the one of its own name, else, when it is the only one left, from the only tensor whose shape fits.
    /// </summary>
    public static ModelBinding? Bind(ModelSignature signature, BindingRequest request, ICollection<BindingError> errors)
    {
        var before = errors.Count;
        CheckNames(signature, request, errors);
        var states = BindStates(signature, request, errors);
        var constants = BindConstants(signature, request, errors);
        var inputs = BindInputs(signature, request, errors);
        var action = ChooseAction(signature, request, errors);
        if (errors.Count > before || action is null)
            return null;
        var free = inputs.TrueForAll(bound => bound.Fit.Free) && states.TrueForAll(bound => bound.BatchAxis >= 0);
        return new ModelBinding(
            [.. inputs.Select(bound => bound.Input)],
            action,
            request.Action.Size,
            states,
            constants,
            free && RowFit.Of(action.Dims, request.Action.Shape) is { Free: true }
        );
    }

    /// <summary>Whether elements of this type can be converted from and to float32.</summary>
    public static bool IsConvertible(ElementType type) =>
        type
            is ElementType.Float32
                or ElementType.Float64
                or ElementType.Float16
                or ElementType.BFloat16
                or ElementType.Bool
                or (>= ElementType.UInt8 and <= ElementType.Int64)
                or ElementType.UInt32
                or ElementType.UInt64;

    private static void CheckNames(ModelSignature signature, BindingRequest request, ICollection<BindingError> errors)
    {
        var inputs = signature.Inputs.Select(tensor => tensor.Name).ToList();
        foreach (var name in request.Inputs.Keys.Where(name => !inputs.Contains(name)))
            errors.Add(Unknown($"inputs.{name}", "the model has no input", name, inputs));
        foreach (var name in request.Constants.Keys.Where(name => !inputs.Contains(name)))
            errors.Add(Unknown($"constants.{name}", "the model has no input", name, inputs));
    }

    private static List<(BoundInput Input, RowFit Fit)> BindInputs(
        ModelSignature signature,
        BindingRequest request,
        ICollection<BindingError> errors
    )
    {
        var open = signature
            .Inputs.Where(tensor =>
                !request.Constants.ContainsKey(tensor.Name) && !request.States.Any(state => state.Input == tensor.Name)
            )
            .ToList();
        var bound = new List<(BoundInput, RowFit)>();
        foreach (var tensor in open)
        {
            if (!IsConvertible(tensor.Type))
            {
                errors.Add(
                    new BindingError(
                        $"inputs.{tensor.Name}",
                        $"input '{tensor.Name}' takes {ModelTensor.TypeName(tensor.Type)}, which observations (float32) cannot be converted to"
                    )
                );
                continue;
            }

            var source = SourceOf(tensor, request, open.Count == 1, errors);
            if (source < 0)
                continue;
            var layout = request.Observation[source];
            if (RowFit.Of(tensor.Dims, layout.Shape) is { } fit)
                bound.Add((new BoundInput(tensor, source, fit.BatchAxis, fit.Row), fit));
            else
                errors.Add(Misfit(tensor, layout, request.Observation));
        }

        if (open.Count == 0 && signature.Inputs.Count > 0)
            errors.Add(new BindingError("inputs", "no input of the model is fed from the observation"));
        return bound;
    }

    private static int SourceOf(ModelTensor tensor, BindingRequest request, bool only, ICollection<BindingError> errors)
    {
        var names = request.Observation.Select(layout => layout.Name).ToList();
        if (request.Inputs.TryGetValue(tensor.Name, out var named))
        {
            var chosen = names.IndexOf(named);
            if (chosen < 0)
                errors.Add(Unknown($"inputs.{tensor.Name}", "the observation has no tensor", named, names));
            return chosen;
        }

        var source = names.IndexOf(tensor.Name);
        if (source >= 0)
            return source;
        var fits = Fitting(tensor, request.Observation);
        if (only && fits.Count == 1)
            return names.IndexOf(fits[0].Name);
        // With one of each, it is plain what was meant; the shapes will be compared.
        if (only && names.Count == 1)
            return 0;
        var near = NearestName.Of(tensor.Name, names);
        var hint =
            near is not null ? $"Did you mean '{near}'? Say so: \"inputs\": {{ \"{tensor.Name}\": \"{near}\" }}"
            : fits.Count > 0
                ? $"Its shape fits {string.Join(", ", fits)}: \"inputs\": {{ \"{tensor.Name}\": \"{fits[0].Name}\" }}; a recurrent state goes under \"states\""
            : $"The observation has {string.Join("; ", request.Observation.Select(Describe))}; a recurrent state goes under \"states\"";
        errors.Add(
            new BindingError(
                $"inputs.{tensor.Name}",
                $"the model's input {tensor} is fed by nothing: no tensor of the observation has its name",
                hint
            )
        );
        return -1;
    }

    private static BindingError Misfit(ModelTensor tensor, TensorSpec layout, IReadOnlyList<TensorSpec> observation)
    {
        if (tensor.Dims is [> 1 and var batch, ..] && RowFit.Of([-1, .. tensor.Dims.Skip(1)], layout.Shape) is not null)
            return new BindingError(
                $"inputs.{tensor.Name}",
                $"input {tensor} has a fixed batch of {batch}",
                "Export it with a dynamic batch axis, or a batch of 1"
            );
        var fits = Fitting(tensor, observation);
        return new BindingError(
            $"inputs.{tensor.Name}",
            $"input {tensor} cannot be fed from observation tensor {Describe(layout)}; one row has {layout.Size} elements",
            fits.Count > 0
                ? $"Its shape fits {string.Join(", ", fits)}"
                : $"It would have to be {ModelTensor.ShapeText([-1, .. layout.Shape])}"
                    + (layout.Shape.Count > 1 ? $" or {ModelTensor.ShapeText([-1, layout.Size])}" : "")
        );
    }

    private static List<TensorSpec> Fitting(ModelTensor tensor, IReadOnlyList<TensorSpec> observation) =>
        tensor.Dims.Count == 0
            ? []
            : [.. observation.Where(layout => RowFit.Of(tensor.Dims, layout.Shape) is not null)];

    private static List<BoundState> BindStates(
        ModelSignature signature,
        BindingRequest request,
        ICollection<BindingError> errors
    )
    {
        var bound = new List<BoundState>();
        for (var i = 0; i < request.States.Count; i++)
        {
            var (input, output) = request.States[i];
            var from = signature.Outputs.FirstOrDefault(tensor => tensor.Name == output);
            var to = signature.Inputs.FirstOrDefault(tensor => tensor.Name == input);
            if (to is null)
                errors.Add(
                    Unknown($"states[{i}].input", "the model has no input", input, signature.Inputs.Select(t => t.Name))
                );
            if (from is null)
                errors.Add(
                    Unknown(
                        $"states[{i}].output",
                        "the model has no output",
                        output,
                        signature.Outputs.Select(t => t.Name)
                    )
                );
            if (to is null || from is null)
                continue;
            if (signature.OpenShapes && to.Dims.Count == 0)
            {
                // The device will find its shape.
                bound.Add(new BoundState(to, from, 0, []));
                continue;
            }

            if (StateError(to, from) is { } problem)
            {
                errors.Add(new BindingError($"states[{i}]", problem));
                continue;
            }

            var axis = to.Dims.ToList().IndexOf(-1);
            bound.Add(new BoundState(to, from, axis, axis < 0 ? to.Dims : RowFit.Without(to.Dims, axis)));
        }

        foreach (var twice in request.States.GroupBy(state => state.Input).Where(group => group.Count() > 1))
            errors.Add(new BindingError("states", $"input '{twice.Key}' is named by more than one state"));
        return bound;
    }

    private static string? StateError(ModelTensor input, ModelTensor output)
    {
        if (input.Type != output.Type || input.Type is ElementType.Undefined or ElementType.Text)
            return $"the state's input {input} and output {output} do not have one numeric element type";
        if (input.Dims.Count == 0)
            return $"the state's input '{input.Name}' declares no shape";
        if (input.Dims.Count(size => size < 0) > 1)
            return $"the state's input {input} has more than one free axis; only the batch may be free";
        var fits =
            output.Dims.Count == 0
            || (
                output.Dims.Count == input.Dims.Count
                && output
                    .Dims.Zip(input.Dims)
                    .All(pair => pair.First < 0 || pair.Second < 0 || pair.First == pair.Second)
            );
        return fits ? null : $"the state's output {output} does not have the shape of its input {input}";
    }

    private static List<BoundConstant> BindConstants(
        ModelSignature signature,
        BindingRequest request,
        ICollection<BindingError> errors
    )
    {
        var bound = new List<BoundConstant>();
        foreach (var tensor in signature.Inputs)
        {
            if (!request.Constants.TryGetValue(tensor.Name, out var values))
                continue;
            var size = tensor.Dims.Aggregate(1L, (product, s) => product * s);
            if (!IsConvertible(tensor.Type) || size != values.Count)
                errors.Add(
                    new BindingError(
                        $"constants.{tensor.Name}",
                        $"input {tensor} cannot be given {values.Count} number{(values.Count == 1 ? "" : "s")}"
                    )
                );
            else
                bound.Add(new BoundConstant(tensor, values));
        }

        return bound;
    }

    private static ModelTensor? ChooseAction(
        ModelSignature signature,
        BindingRequest request,
        ICollection<BindingError> errors
    )
    {
        var candidates = signature
            .Outputs.Where(tensor => !request.States.Any(state => state.Output == tensor.Name))
            .ToList();
        var name = request.Output ?? (candidates.Count == 1 ? candidates[0].Name : request.Action.Name);
        var action = signature.Outputs.FirstOrDefault(tensor => tensor.Name == name);
        if (action is null)
        {
            errors.Add(
                request.Output is not null
                    ? Unknown("output", "the model has no output", name, signature.Outputs.Select(t => t.Name))
                    : new BindingError(
                        "output",
                        candidates.Count == 0
                            ? "the model has no output that is not a state"
                            : $"the model has {candidates.Count} outputs that could be the action: {string.Join(", ", candidates)}",
                        candidates.Count == 0 ? null : $"Name one: \"output\": \"{candidates[0].Name}\""
                    )
            );
            return null;
        }

        if (!IsConvertible(action.Type))
            errors.Add(new BindingError("output", $"output {action} cannot be converted to float32"));
        else if (RowFit.Of(action.Dims, request.Action.Shape) is null)
            errors.Add(
                new BindingError(
                    "output",
                    $"output {action} does not give the action {Describe(request.Action)}",
                    $"It would have to be {ModelTensor.ShapeText([-1, .. request.Action.Shape])}"
                )
            );
        return action;
    }

    /// <summary>Name, shape, and the beginning of what it means: axes and units.</summary>
    private static string Describe(TensorSpec tensor)
    {
        const int most = 240;
        var meaning = tensor.Meaning.Length <= most ? tensor.Meaning : tensor.Meaning[..most].TrimEnd() + "...";
        return meaning.Length == 0 ? $"{tensor}" : $"{tensor}: {meaning}";
    }

    private static BindingError Unknown(string subject, string what, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        var near = NearestName.Of(name, names);
        return new BindingError(
            subject,
            $"{what} '{name}'",
            near is not null ? $"Did you mean '{near}'?"
                : names.Count > 0 ? $"It has {string.Join(", ", names.Select(known => $"'{known}'"))}"
                : null
        );
    }
}
