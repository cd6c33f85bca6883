using System.Globalization;
using System.Text;
using System.Xml;
using SimEval.Metrics.Gates;
using SimEval.Reports.Build;

namespace SimEval.Reports.Exports;

/// <summary>
/// The gates as JUnit XML, which build servers read: a gate of a variant is a test case; Fail is a failure, Error an error,
/// Inconclusive an error too (nothing was shown, and a green build would say otherwise); without gates one skipped case.
/// </summary>
public static class JUnitXml
{
    /// <summary>The whole document.</summary>
    public static string Write(ReportInput input)
    {
        var text = new StringBuilder();
        var settings = new XmlWriterSettings
        {
            Indent = true,
            NewLineChars = "\n",
            OmitXmlDeclaration = true,
            CheckCharacters = true,
        };
        text.Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        using (var xml = XmlWriter.Create(text, settings))
        {
            var failures = input.Gates.Count(g => g.Verdict == Verdict.Fail);
            var errors = input.Gates.Count(g => g.Verdict is Verdict.Error or Verdict.Inconclusive);
            var skipped = input.Gates.Count == 0 ? 1 : 0;
            xml.WriteStartElement("testsuites");
            Attribute(xml, "name", "simeval");
            Counts(xml, input, failures, errors, skipped);
            xml.WriteStartElement("testsuite");
            Attribute(xml, "name", input.Scenario.Name);
            Counts(xml, input, failures, errors, skipped);
            Properties(xml, input);
            foreach (var gate in input.Gates)
                Case(xml, input, gate);
            if (skipped == 1)
            {
                xml.WriteStartElement("testcase");
                Attribute(xml, "classname", input.Scenario.Name);
                Attribute(xml, "name", "gates");
                Attribute(xml, "time", Seconds(input));
                xml.WriteStartElement("skipped");
                Attribute(xml, "message", "The scenario declares no gates.");
                xml.WriteEndElement();
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void Counts(XmlWriter xml, ReportInput input, int failures, int errors, int skipped)
    {
        Attribute(xml, "tests", Number(Math.Max(1, input.Gates.Count)));
        Attribute(xml, "failures", Number(failures));
        Attribute(xml, "errors", Number(errors));
        Attribute(xml, "skipped", Number(skipped));
        Attribute(xml, "time", Seconds(input));
    }

    private static void Properties(XmlWriter xml, ReportInput input)
    {
        var counts = input.Results.CountAll();
        xml.WriteStartElement("properties");
        Property(xml, "run", input.Run);
        Property(xml, "verdict", input.Verdict.ToString());
        Property(xml, "scenario.hash", input.Scenario.Hash);
        Property(xml, "results.hash", input.ResultsHash);
        Property(xml, "rollouts.completed", Number(counts.Completed));
        Property(xml, "rollouts.modelFailed", Number(counts.ModelFailed));
        Property(xml, "rollouts.infrastructureErrors", Number(counts.InfrastructureErrors));
        Property(xml, "rollouts.cancelled", Number(counts.Cancelled));
        Property(xml, "rollouts.discarded", Number(counts.Discarded));
        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, ReportInput input, GateResult gate)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", input.Scenario.Name);
        Attribute(xml, "name", NameOf(gate));
        Attribute(xml, "time", "0");
        xml.WriteStartElement("properties");
        Property(xml, "value", Real(gate.Value.Value));
        if (gate.BaselineValue is { } baseline)
            Property(xml, "baseline", Real(baseline.Value));
        Property(xml, "decides", Real(gate.Decides.Value));
        Property(xml, "decides.low", Real(gate.Decides.Interval.Low));
        Property(xml, "decides.high", Real(gate.Decides.Interval.High));
        Property(xml, "line", Real(gate.Line));
        Property(xml, "count", Number(gate.Decides.Count));
        Property(xml, "adjustedP", Real(gate.AdjustedP));
        xml.WriteEndElement();
        var element = gate.Verdict switch
        {
            Verdict.Fail => "failure",
            Verdict.Error or Verdict.Inconclusive => "error",
            _ => null,
        };
        if (element is not null)
        {
            xml.WriteStartElement(element);
            Attribute(xml, "type", gate.Verdict.ToString());
            Attribute(xml, "message", gate.Reason);
            xml.WriteString(Clean($"{gate.Reason}\nmethod: {gate.Decides.Method}\nreproduce: {input.Reproduce}\n"));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string NameOf(GateResult gate)
    {
        var against = gate.Baseline is null ? "" : $" against {gate.Baseline}";
        var statistic =
            gate.Gate.Statistic == Scenarios.GateStatistic.Mean
                ? ""
                : $" {gate.Gate.Statistic.ToString().ToLowerInvariant()}";
        var kind = char.ToLowerInvariant(gate.Gate.Kind.ToString()[0]) + gate.Gate.Kind.ToString()[1..];
        return $"{gate.Variant}: {gate.Metric.Name}{statistic} {kind} {Real(gate.Gate.Threshold)}{against}";
    }

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        Attribute(xml, "name", name);
        Attribute(xml, "value", value);
        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) =>
        xml.WriteAttributeString(name, Clean(value));

    // XML 1.0 has no spelling for most control characters: they are shown as their code.
    private static string Clean(string value)
    {
        if (value.All(c => XmlConvert.IsXmlChar(c)))
            return value;
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var pair = i + 1 < value.Length && char.IsSurrogatePair(value[i], value[i + 1]);
            if (pair)
                text.Append(value[i++]).Append(value[i]);
            else if (XmlConvert.IsXmlChar(value[i]))
                text.Append(value[i]);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)value[i]:x4}");
        }

        return text.ToString();
    }

    private static string Seconds(ReportInput input) =>
        input.WallTime.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
