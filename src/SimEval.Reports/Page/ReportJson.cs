using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;

namespace SimEval.Reports.Page;

/// <summary>The page's data as JSON that can stand inside an HTML script element.</summary>
internal static class ReportJson
{
    // Dictionary keys are the reader's own words (labels): they keep their case.
    private static readonly JsonSerializerSettings Settings = new()
    {
        ContractResolver = new DefaultContractResolver
        {
            NamingStrategy = new CamelCaseNamingStrategy(processDictionaryKeys: false, overrideSpecifiedNames: true),
        },
        Converters = { new StringEnumConverter(new CamelCaseNamingStrategy()), new PageNumberConverter() },
        StringEscapeHandling = StringEscapeHandling.EscapeHtml,
        Culture = CultureInfo.InvariantCulture,
    };

    /// <summary>Every '&lt;', '&gt;' and '&amp;' leaves as an escape, so that no text of a file can end the element.</summary>
    public static string Write(object data) => JsonConvert.SerializeObject(data, Settings);

    // Six significant digits are twice what the page prints, and half of what a round-trip double takes.
    private sealed class PageNumberConverter : JsonConverter<double>
    {
        public override bool CanRead => false;

        public override void WriteJson(JsonWriter writer, double value, JsonSerializer serializer)
        {
            if (!double.IsFinite(value))
            {
                writer.WriteNull();
            }
            else
            {
                writer.WriteRawValue(value.ToString("G6", CultureInfo.InvariantCulture));
            }
        }

        public override double ReadJson(
            JsonReader reader,
            Type objectType,
            double existingValue,
            bool hasExistingValue,
            JsonSerializer serializer
        ) => throw new NotSupportedException("The page's data is written, never read.");
    }
}
