using System.Globalization;

namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>Typed values out of elements. What is missing or malformed is reported, and a harmless value stands in for it.</summary>
internal sealed class XmlValues(XmlReport report)
{
    /// <summary>Greatest magnitude of any number: beyond every projected coordinate.</summary>
    public const double MaximumNumber = 1e9;

    /// <summary>Greatest magnitude of a step: hours at any usual rate.</summary>
    public const int MaximumStep = 100_000;

    public XmlReport Report => report;

    public double Number(XmlTree at)
    {
        if (TryNumber(at.Text, out double value))
            return value;
        report.Error(
            at,
            $"'{XmlTree.Shorten(at.Text)}' is not a number within {MaximumNumber:E0}",
            "Write it as 12.5 or 1.25e1"
        );
        return 0;
    }

    /// <summary>A child's number; reported when there is no such child.</summary>
    public double Number(XmlTree parent, string child) => Required(parent, child) is { } at ? Number(at) : 0;

    public double Number(XmlTree parent, string child, double absent) =>
        parent.Child(child) is { } at ? Number(at) : absent;

    /// <summary>A number above zero; 1 stands in.</summary>
    public double Positive(XmlTree parent, string child)
    {
        if (Required(parent, child) is not { } at)
            return 1;
        int before = report.ErrorCount;
        double value = Number(at);
        if (value > 0)
            return value;
        if (report.ErrorCount == before)
            report.Error(at, $"{child} is above 0, not {at.Text}");
        return 1;
    }

    /// <summary>A whole number; "3.0" is one.</summary>
    public int Step(XmlTree at)
    {
        if (
            double.TryParse(at.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && Math.Abs(value) <= MaximumStep
            && value == Math.Truncate(value)
        )
            return (int)value;
        report.Error(at, $"'{XmlTree.Shorten(at.Text)}' is not a whole number of steps within {MaximumStep}");
        return 0;
    }

    /// <summary>A number that nothing depends on: what is not one is noted, and counts as absent.</summary>
    public double OptionalNumber(XmlTree parent, string child, double absent)
    {
        if (parent.Child(child) is not { } at)
            return absent;
        if (TryNumber(at.Text, out double value))
            return value;
        report.Note(at, $"'{XmlTree.Shorten(at.Text)}' is not a number: left out");
        return absent;
    }

    /// <summary>True or false, in any case; what is neither is noted, and counts as absent.</summary>
    public bool? Flag(XmlTree parent, string child)
    {
        if (parent.Child(child) is not { } at)
            return null;
        if (at.Text == "1" || at.Text.Equals("true", StringComparison.OrdinalIgnoreCase))
            return true;
        if (at.Text == "0" || at.Text.Equals("false", StringComparison.OrdinalIgnoreCase))
            return false;
        report.Note(at, $"'{XmlTree.Shorten(at.Text)}' is neither true nor false: left out");
        return null;
    }

    /// <summary>A value or range of numbers.</summary>
    public CommonRoadInterval Interval(XmlTree at)
    {
        if (at.Child("exact") is { } exact)
        {
            double value = Number(exact);
            return new CommonRoadInterval(value, value);
        }
        return new CommonRoadInterval(End(at, "intervalStart"), End(at, "intervalEnd"));
    }

    /// <summary>An end of a range, which may be open: "inf" stands for the greatest number.</summary>
    private double End(XmlTree parent, string child)
    {
        if (Required(parent, child) is not { } at)
            return 0;
        return at.Text.ToLowerInvariant() switch
        {
            "inf" or "+inf" or "infinity" => MaximumNumber,
            "-inf" or "-infinity" => -MaximumNumber,
            _ => Number(at),
        };
    }

    /// <summary>A value or range of steps.</summary>
    public CommonRoadSteps Steps(XmlTree at)
    {
        if (at.Child("exact") is { } exact)
        {
            int value = Step(exact);
            return new CommonRoadSteps(value, value);
        }
        if (Required(at, "intervalStart") is not { } start || Required(at, "intervalEnd") is not { } end)
            return default;
        var steps = new CommonRoadSteps(Step(start), Step(end));
        if (steps.End < steps.Start)
            report.Error(at, $"the time from {steps.Start} to {steps.End} ends before it starts");
        return steps;
    }

    public CommonRoadPoint Point(XmlTree at) => new(Number(at, "x"), Number(at, "y"), Number(at, "z", double.NaN));

    /// <summary>All direct children called "point".</summary>
    public IReadOnlyList<CommonRoadPoint> Points(XmlTree at)
    {
        var points = new List<CommonRoadPoint>();
        foreach (XmlTree child in at.Children)
        {
            if (child.Name == "point")
                points.Add(Point(child));
        }
        return points;
    }

    public XmlTree? Required(XmlTree parent, string child)
    {
        if (parent.Child(child) is { } found)
            return found;
        report.Error(parent, $"<{parent.Name}> has no <{child}>");
        return null;
    }

    public long Id(XmlTree at) => WholeNumber(at, "id");

    public long Ref(XmlTree at) => WholeNumber(at, "ref");

    /// <summary>The references of all children of a name.</summary>
    public IReadOnlyList<long> Refs(XmlTree parent, string child)
    {
        List<long>? refs = null;
        foreach (XmlTree at in parent.Children)
        {
            if (at.Name == child)
                (refs ??= []).Add(Ref(at));
        }
        return refs ?? (IReadOnlyList<long>)[];
    }

    /// <summary>The texts of all children of a name.</summary>
    public static IReadOnlyList<string> Texts(XmlTree parent, string child)
    {
        List<string>? texts = null;
        foreach (XmlTree at in parent.Children)
        {
            if (at.Name == child)
                (texts ??= []).Add(at.Text);
        }
        return texts ?? (IReadOnlyList<string>)[];
    }

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
        && Math.Abs(value) <= MaximumNumber;

    private long WholeNumber(XmlTree at, string attribute)
    {
        string? text = at.Attribute(attribute);
        if (text is null)
            report.Error(at, $"<{at.Name}> has no attribute {attribute}");
        else if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value))
            return value;
        else
            report.Error(at, $"{attribute} is a whole number, not '{XmlTree.Shorten(text)}'");
        return 0;
    }
}
