using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using SimEval.Node.Configuration.Hocon;
using SimEval.Scenarios;

namespace SimEval.Node.Configuration;

/// <summary>
/// Fills settings records from a configuration, strictly: a key is the property's name in kebab case, every key must be a
/// setting and every setting must have a key. All errors are collected, each with the place of the value.
/// </summary>
internal sealed class SettingsBinder(ICollection<string> errors)
{
    /// <summary>The record filled, or null when there were errors.</summary>
    public T? Bind<T>(HoconObject source, string path)
        where T : class
    {
        var before = errors.Count;
        var bound = (T?)BindRecord(typeof(T), source, path);
        return errors.Count == before ? bound : null;
    }

    /// <summary>"RolloutsInFlight" is the key "rollouts-in-flight".</summary>
    public static string KeyOf(string property)
    {
        var key = new StringBuilder();
        foreach (var c in property)
        {
            if (char.IsUpper(c) && key.Length > 0)
            {
                key.Append('-');
            }
            key.Append(char.ToLowerInvariant(c));
        }
        return key.ToString();
    }

    private object? BindRecord(Type type, HoconObject source, string path)
    {
        var before = errors.Count;
        var parameters = type.GetConstructors()[0].GetParameters();
        var known = parameters.Select(parameter => KeyOf(parameter.Name!)).ToList();
        foreach (var (key, value) in source.Fields.Where(field => !known.Contains(field.Key)))
        {
            var nearest = Nearest.To(key, known);
            Report(
                value,
                $"'{Join(path, key)}' is no setting",
                nearest is null ? $"known here: {string.Join(", ", known)}" : $"did you mean '{Join(path, nearest)}'?"
            );
        }
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            if (source.Fields.TryGetValue(known[i], out var value))
            {
                arguments[i] = BindValue(parameters[i].ParameterType, parameters[i], value, Join(path, known[i]));
            }
            else
            {
                Report(source, $"'{Join(path, known[i])}' is missing", "remove what overrides its default");
            }
        }
        return errors.Count == before ? Activator.CreateInstance(type, arguments) : null;
    }

    private object? BindValue(Type type, ParameterInfo parameter, HoconValue value, string path)
    {
        if (typeof(IEnumerable).IsAssignableFrom(type) && type != typeof(string))
        {
            return BindList(type.GetGenericArguments()[0], parameter, value, path);
        }
        if (IsLeaf(type))
        {
            return value is HoconScalar { IsNull: false } scalar
                ? BindScalar(type, parameter, scalar, path)
                : Report(value, $"'{path}' is {value.Describe()}", $"it takes {Expected(type)}");
        }
        return value is HoconObject inner
            ? BindRecord(type, inner, path)
            : Report(value, $"'{path}' is {value.Describe()}", "it takes an object");
    }

    private Array? BindList(Type item, ParameterInfo parameter, HoconValue value, string path)
    {
        var items = value is HoconArray array ? array.Items : (value as HoconObject)?.AsItems();
        if (items is null)
        {
            Report(value, $"'{path}' is {value.Describe()}", $"it takes an array, each item {Expected(item)}");
            return null;
        }
        var bound = Array.CreateInstance(item, items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (BindValue(item, parameter, items[i], $"{path}[{i}]") is { } element)
            {
                bound.SetValue(element, i);
            }
        }
        return bound;
    }

    private object? BindScalar(Type type, ParameterInfo parameter, HoconScalar scalar, string path)
    {
        var (bound, measure) = Read(type, scalar.Text);
        if (bound is null)
        {
            return Report(scalar, $"'{path}' is {scalar.Describe()}", $"it takes {Expected(type)}");
        }
        if (
            parameter.GetCustomAttribute<WithinAttribute>() is { } within
            && !(measure >= within.Least && measure <= within.Most)
        )
        {
            return Report(
                scalar,
                $"'{path}' is {scalar.Describe()}",
                $"it lies between {Show(type, within.Least)} and {Show(type, within.Most)}"
            );
        }
        return bound;
    }

    private static bool IsLeaf(Type type) =>
        type == typeof(int)
        || type == typeof(double)
        || type == typeof(bool)
        || type == typeof(string)
        || type == typeof(TimeSpan)
        || type == typeof(ByteSize);

    // The value, and the number that limits apply to.
    private static (object? Value, double Measure) Read(Type type, string text)
    {
        const NumberStyles Decimal = NumberStyles.Float;
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(string))
        {
            return (text, text.Length);
        }
        if (type == typeof(bool))
        {
            bool? flag = text switch
            {
                "true" or "yes" or "on" => true,
                "false" or "no" or "off" => false,
                _ => null,
            };
            return (flag, 0);
        }
        if (type == typeof(int))
        {
            // "1e3" and "10.0" are whole numbers too.
            return
                double.TryParse(text, Decimal, culture, out var number)
                && number == Math.Floor(number)
                && Math.Abs(number) <= int.MaxValue
                ? ((int)number, number)
                : (null, 0);
        }
        if (type == typeof(double))
        {
            return double.TryParse(text, Decimal, culture, out var number) && double.IsFinite(number)
                ? (number, number)
                : (null, 0);
        }
        if (type == typeof(TimeSpan))
        {
            return HoconUnits.ReadDuration(text) is { } duration ? (duration, duration.TotalSeconds) : (null, 0);
        }
        return HoconUnits.ReadBytes(text) is { } bytes ? (new ByteSize(bytes), bytes) : (null, 0);
    }

    private static string Expected(Type type) =>
        type == typeof(int) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "a duration such as '500 ms' or '2 minutes'"
        : type == typeof(ByteSize) ? "a size such as '64 KiB' or '10 MB'"
        : "a text";

    private static string Show(Type type, double measure) =>
        type == typeof(TimeSpan) ? string.Create(CultureInfo.InvariantCulture, $"{measure} s")
        : type == typeof(ByteSize) ? new ByteSize((long)measure).ToString()
        : measure.ToString(CultureInfo.InvariantCulture);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private object? Report(HoconValue value, string wrong, string right)
    {
        errors.Add($"{value.Origin}: {wrong}; {right}");
        return null;
    }
}
