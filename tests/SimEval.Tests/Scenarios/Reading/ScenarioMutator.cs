using System.Text;
using SimEval.Scenarios.Numerics;

namespace SimEval.Tests.Scenarios.Reading;

/// <summary>Right files made wrong: characters and pieces changed, doubled, swapped, cut; a pure function of (stream, index).</summary>
internal static class ScenarioMutator
{
    /// <summary>Right files of the toy world.</summary>
    public static readonly string[] Files =
    [
        """{ "world": { "driving": { "ego": { "speed": "$speed" }, "gap": "$gap", "lanes": 3, } }, "sweep": { "gap": { "grid": ["6 m", "40 m", 3] }, "speed": { "normal": ["20 m/s", "2 m/s"], "clip": ["10 m/s", "30 m/s"] }, "samples": 4, "design": "sobol" }, "seed": 7, "seeds": 3, "variants": { "expert": "expert", "m": { "model": "../models/planner.onnx", "states": [{ "input": "a", "output": "b" }] } } }""",
        """{ "version": 1, "name": "a", "team": "t", "priority": 1, "labels": { "a": "b" }, /* c */ "world": { "driving": { "map": "$file" } }, "sweep": { "file": { "files": "../data/*.xml" } }, "variants": { "expert": "expert" }, "baseline": "expert", "metrics": ["score"], "gates": [{ "metric": "score", "atLeast": 0.5, "statistic": "p05", "variants": ["expert"], "confidence": 0.9, "minValid": 0.9 }], "budget": { "rollouts": 10, "wallTime": "10 min" }, "stopping": { "enabled": true, "looks": [0.5] }, "latency": "none" }""",
    ];

    private static readonly string[] Pieces =
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "/*",
        "//",
        "null",
        "true",
        "-1",
        "1e308",
        "NaN",
        "\"$gap\"",
        "\"$$\"",
        "\"6 m\"",
        "\"1e999 m\"",
        "99999999999999999999",
        "0.1",
        "\u0000",
        "\uD800",
        "\u202E",
        "\n",
        "'",
        "\"files\": \"**/*\"",
        "\"grid\": [1, 2, 100000]",
        "\"samples\": 1000000",
        "\"seeds\": 1000000000",
        "{}",
        "[]",
    ];

    /// <summary>One of the files, edited one to six times.</summary>
    public static string Mutate(IReadOnlyList<string> files, Philox stream, ulong index)
    {
        var text = new StringBuilder(files[(int)stream.Below((uint)files.Count, index, 0)]);
        var edits = 1 + stream.Below(6, index, 1);
        for (ulong e = 0; e < edits && text.Length > 2; e++)
        {
            var (kind, a, b, piece) = stream.Draw(index, 2 + e);
            var from = (int)(a % (uint)text.Length);
            var length = Math.Min(1 + (int)(b % 20), text.Length - from);
            switch (kind % 6)
            {
                case 0:
                    text.Remove(from, length);
                    break;
                case 1:
                    text.Insert(from, Pieces[piece % (uint)Pieces.Length]);
                    break;
                case 2:
                    text.Insert(from, text.ToString(from, length));
                    break;
                case 3:
                    text[from] = (char)(piece % 128);
                    break;
                case 4:
                    text.Remove(from, length).Insert(from, Pieces[piece % (uint)Pieces.Length]);
                    break;
                default:
                    text[from] ^= (char)(1 << (int)(piece % 7));
                    break;
            }
        }

        return text.ToString();
    }
}
