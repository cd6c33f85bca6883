using Newtonsoft.Json.Linq;

namespace SimEval.Worlds.Driving.Sections;

/// <summary>The JSON schema (draft 7) of the section, for editors.</summary>
internal static class SectionSchema
{
    /// <summary>A fresh copy.</summary>
    public static JObject Create() => new() { ["type"] = "object" };
}
