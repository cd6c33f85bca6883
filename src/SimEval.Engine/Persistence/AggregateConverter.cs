using System.Collections.Immutable;
using Newtonsoft.Json;
using SimEval.Entities.Aggregates;
using SimEval.Metrics;

namespace SimEval.Engine.Persistence;

/// <summary>An aggregate as the list of its results: a JSON key could not hold a rollout's identity.</summary>
internal sealed class AggregateConverter : JsonConverter<Aggregate>
{
    public override void WriteJson(JsonWriter writer, Aggregate? value, JsonSerializer serializer) =>
        serializer.Serialize(writer, value!.Results.Values);

    public override Aggregate ReadJson(
        JsonReader reader,
        Type objectType,
        Aggregate? existingValue,
        bool hasExistingValue,
        JsonSerializer serializer
    ) => new(serializer.Deserialize<List<RolloutResult>>(reader)!.ToImmutableDictionary(result => result.Key));
}
