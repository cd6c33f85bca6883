using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Worlds.Driving.Sections;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>Makes worlds of sections; keeps roads and routes by content.</summary>
internal sealed class WorldBinder
{
    private readonly ProceduralBinder procedural = new();
    private readonly CommonRoadBinder recorded = new();

    /// <summary>The planning problems of a CommonRoad file.</summary>
    public IReadOnlyList<string> Problems(string path, ISourceFiles files, ICollection<ScenarioError> errors) =>
        recorded.Problems(path, files, errors);

    /// <summary>Binds a section; null with errors reported when it does not fit.</summary>
    public DrivingWorld? Bind(
        DrivingSection section,
        JObject json,
        ISourceFiles files,
        string sourceName,
        ICollection<ScenarioError> errors
    )
    {
        void Report(string path, string message, string? suggestion)
        {
            var token = json.SelectToken(path) ?? json;
            var (line, column) = ((IJsonLineInfo)token).HasLineInfo()
                ? (((IJsonLineInfo)token).LineNumber, ((IJsonLineInfo)token).LinePosition)
                : (0, 0);
            errors.Add(new ScenarioError(sourceName, line, column, token.Path, message, suggestion));
        }

        return section.CommonRoad is null
            ? procedural.Bind(section, Report)
            : recorded.Bind(section, files, sourceName, errors, Report);
    }
}
