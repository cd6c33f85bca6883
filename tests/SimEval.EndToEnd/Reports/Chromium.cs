using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Newtonsoft.Json.Linq;

namespace SimEval.EndToEnd.Reports;

/// <summary>A headless Chromium with one page, driven over its debugging protocol. Not thread-safe.</summary>
internal sealed class Chromium : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly string profile;
    private readonly ClientWebSocket socket = new();
    private readonly List<JObject> events = [];
    private int lastId;

    private Chromium(Process process, string profile)
    {
        this.process = process;
        this.profile = profile;
    }

    /// <summary>Where Debian and most others put it; null when there is none.</summary>
    public static string? Path { get; } =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(
            File.Exists
        );

    /// <summary>Everything the page complained about: exceptions, errors on the console, refused loads.</summary>
    public IReadOnlyList<string> Complaints =>
        events
            .Where(e =>
                (string?)e["method"] is "Runtime.exceptionThrown"
                || ((string?)e["method"] == "Log.entryAdded" && (string?)e["params"]?["entry"]?["level"] == "error")
                || (
                    (string?)e["method"] == "Runtime.consoleAPICalled"
                    && (string?)e["params"]?["type"] is "error" or "assert"
                )
            )
            .Select(e => e["params"]!.ToString())
            .ToArray();

    /// <summary>Addresses that the page asked for, other than the file itself and data inside it.</summary>
    public IReadOnlyList<string> Requests =>
        events
            .Where(e => (string?)e["method"] == "Network.requestWillBeSent")
            .Select(e => (string)e["params"]!["request"]!["url"]!)
            .Where(url =>
                !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("file:", StringComparison.Ordinal)
            )
            .ToArray();

    /// <summary>Forgets what earlier pages did.</summary>
    public void Forget() => events.Clear();

    public static async Task<Chromium> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("simeval-chromium-").FullName;
        var start = new ProcessStartInfo(Path!)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                $"--user-data-dir={profile}",
                "about:blank",
            },
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var browser = new Chromium(process, profile);
        await browser.ConnectAsync();
        return browser;
    }

    /// <summary>Opens a file, lays it out at a size, and waits until it has drawn itself.</summary>
    public async Task OpenAsync(string file, int width, int height, bool dark = false, string hash = "")
    {
        await SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new JObject
            {
                ["width"] = width,
                ["height"] = height,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );
        await SendAsync(
            "Emulation.setEmulatedMedia",
            new JObject
            {
                ["features"] = new JArray(
                    new JObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }
                ),
            }
        );
        await SendAsync("Page.navigate", new JObject { ["url"] = "about:blank" });
        await SendAsync("Page.navigate", new JObject { ["url"] = new Uri(file).AbsoluteUri + hash });
        await UntilAsync("location.href !== 'about:blank' && document.readyState === 'complete'");
        await EvaluateAsync("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
    }

    /// <summary>The value of a JavaScript expression; a promise is awaited.</summary>
    public async Task<JToken> EvaluateAsync(string expression)
    {
        var answer = await SendAsync(
            "Runtime.evaluate",
            new JObject
            {
                ["expression"] = expression,
                ["awaitPromise"] = true,
                ["returnByValue"] = true,
            }
        );
        if (answer["exceptionDetails"] is { } failure)
            throw new InvalidOperationException(failure.ToString());
        return answer["result"]!["value"] ?? JValue.CreateNull();
    }

    /// <summary>A picture of the whole page.</summary>
    public async Task<byte[]> ScreenshotAsync()
    {
        var answer = await SendAsync(
            "Page.captureScreenshot",
            new JObject { ["format"] = "png", ["captureBeyondViewport"] = true }
        );
        return Convert.FromBase64String((string)answer["data"]!);
    }

    /// <summary>The page on A4 paper, backgrounds as the page asks for them.</summary>
    public async Task<byte[]> PrintAsync()
    {
        var answer = await SendAsync(
            "Page.printToPDF",
            new JObject
            {
                ["paperWidth"] = 8.27,
                ["paperHeight"] = 11.69,
                ["preferCSSPageSize"] = true,
            }
        );
        return Convert.FromBase64String((string)answer["data"]!);
    }

    public void Dispose()
    {
        socket.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit(5_000);
        process.Dispose();
        try
        {
            Directory.Delete(profile, recursive: true);
        }
        catch (IOException)
        {
            // A helper process may still hold a file of the profile; it is in the temporary folder.
        }
    }

    private async Task UntilAsync(string condition)
    {
        var since = Stopwatch.StartNew();
        while (!(bool)await EvaluateAsync(condition))
        {
            if (since.Elapsed > Patience)
                throw new TimeoutException($"The page never reached: {condition}");
            await Task.Delay(20);
        }
    }

    private async Task ConnectAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var file = System.IO.Path.Combine(profile, "DevToolsActivePort");
        while (!File.Exists(file) || (await File.ReadAllLinesAsync(file, deadline.Token)).Length < 2)
            await Task.Delay(50, deadline.Token);
        var port = (await File.ReadAllLinesAsync(file, deadline.Token))[0];
        using var http = new HttpClient();
        JToken? page = null;
        while (page is null)
        {
            var targets = JArray.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json", deadline.Token));
            page = targets.FirstOrDefault(t => (string?)t["type"] == "page");
        }

        await socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), deadline.Token);
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await SendAsync(domain + ".enable", []);
    }

    private async Task<JObject> SendAsync(string method, JObject parameters)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var id = ++lastId;
        var request = new JObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(request.ToString()),
            WebSocketMessageType.Text,
            endOfMessage: true,
            deadline.Token
        );
        while (true)
        {
            var message = await ReceiveAsync(deadline.Token);
            if ((int?)message["id"] != id)
            {
                events.Add(message);
                continue;
            }

            if (message["error"] is { } error)
                throw new InvalidOperationException($"{method}: {error}");
            return (JObject)message["result"]!;
        }
    }

    private async Task<JObject> ReceiveAsync(CancellationToken deadline)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, deadline);
            bytes.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return JObject.Parse(Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
