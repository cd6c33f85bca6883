using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SimEval.LoadTests.Ladder;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>SUMO on the road and with the vehicles of <see cref="TrafficBenchmark"/>, run as a program of its own.</summary>
internal sealed partial class SumoProcess : IDisposable
{
    private const double FirstGuess = 300_000;

    private readonly string folder = Directory.CreateTempSubdirectory("simeval-sumo-").FullName;
    private double updatesPerSecond = FirstGuess;

    /// <summary>Writes the network and the vehicles.</summary>
    /// <exception cref="BenchmarkUnavailableException">SUMO is not installed.</exception>
    public SumoProcess(bool changes)
    {
        Version = FirstLine(Start("sumo", "--version"));
        File.WriteAllText(InFolder("road.nod.xml"), Nodes());
        File.WriteAllText(InFolder("road.edg.xml"), Edges(changes));
        Start(
            "netconvert",
            $"--node-files={InFolder("road.nod.xml")} --edge-files={InFolder("road.edg.xml")} --output-file={InFolder("road.net.xml")}"
        );
        File.WriteAllText(InFolder("cars.rou.xml"), Cars(changes));
    }

    /// <summary>"Eclipse SUMO sumo Version 1.15.0".</summary>
    public string Version { get; }

    /// <summary>Runs for about this time; vehicle updates a second as SUMO reports them.</summary>
    public double Run(TimeSpan duration)
    {
        var seconds =
            updatesPerSecond * duration.TotalSeconds / TrafficBenchmark.Vehicles * TrafficBenchmark.StepLength;
        // Past this time the first vehicles would leave the road.
        var end = Math.Clamp(seconds, 10, TrafficBenchmark.RoadLength * 0.8 / 35);
        var text = Start(
            "sumo",
            string.Create(
                CultureInfo.InvariantCulture,
                $"--net-file {InFolder("road.net.xml")} --route-files {InFolder("cars.rou.xml")} --step-length {TrafficBenchmark.StepLength} --end {end:0} --no-step-log --duration-log.statistics --collision.action none --time-to-teleport -1 --random false"
            )
        );
        var match = Updates().Match(text);
        if (!match.Success)
            throw new InvalidOperationException("SUMO did not report its updates a second:\n" + text);
        return updatesPerSecond = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string InFolder(string name) => Path.Combine(folder, name);

    private static string Nodes() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"<nodes><node id=\"a\" x=\"0\" y=\"0\"/><node id=\"b\" x=\"{TrafficBenchmark.RoadLength}\" y=\"0\"/></nodes>"
        );

    // Where lanes may not be changed, SUMO is told so by the lanes themselves, which spares it the decision.
    private static string Edges(bool changes)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"<edges><edge id=\"road\" from=\"a\" to=\"b\" numLanes=\"{TrafficBenchmark.Lanes}\" speed=\"60\">"
        );
        for (var lane = 0; !changes && lane < TrafficBenchmark.Lanes; lane++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"<lane index=\"{lane}\" changeLeft=\"tram\" changeRight=\"tram\"/>"
            );
        return text.Append("</edge></edges>").ToString();
    }

    private static string Cars(bool changes)
    {
        var text = new StringBuilder("<routes><route id=\"r\" edges=\"road\"/>\n");
        for (var i = 0; i < TrafficBenchmark.Vehicles; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<vType id=\"t{i}\" carFollowModel=\"IDM\" accel=\"1.5\" decel=\"2\" tau=\"1.2\" minGap=\"2\" length=\"4.5\" maxSpeed=\"{TrafficBenchmark.Wants(i)}\" speedFactor=\"1\"{(changes ? "" : " lcStrategic=\"-1\" lcSpeedGain=\"0\" lcKeepRight=\"0\" lcCooperative=\"0\"")}/>\n"
            );
        }

        // Vehicles further along first: SUMO inserts in the order of the file.
        for (var i = TrafficBenchmark.Vehicles - 1; i >= 0; i--)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<vehicle id=\"v{i}\" type=\"t{i}\" route=\"r\" depart=\"0\" departLane=\"{i % TrafficBenchmark.Lanes}\" departPos=\"{TrafficBenchmark.StartsAt(i)}\" departSpeed=\"{TrafficBenchmark.StartSpeed}\"/>\n"
            );
        }

        return text.Append("</routes>").ToString();
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();

    private static string Start(string program, string arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
            return text;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchmarkUnavailableException($"{program} is not installed: apt-get install sumo");
        }
    }

    [GeneratedRegex(@"UPS:\s*([0-9.eE+]+)")]
    private static partial Regex Updates();
}
