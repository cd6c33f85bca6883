// The build's verbs, each a call of dotnet or npm. Started by build.sh, which brings what they need.
var target = Argument("target", "Build");
var arguments = Argument("arguments", "");

const string Solution = "SimEval.sln";
const string Configuration = "Release";

// A test run that hangs ends with an error instead of holding a pipeline.
const int TestSessionMilliseconds = 7 * 60 * 1000;

Task("Setup").Does(() => DotNetRestore(Solution, new DotNetRestoreSettings { Verbosity = DotNetVerbosity.Quiet }));

Task("Build")
    .IsDependentOn("Setup")
    .Does(() => DotNetBuild(
        Solution,
        new DotNetBuildSettings
        {
            Configuration = Configuration,
            NoRestore = true,
            NoLogo = true,
            Verbosity = DotNetVerbosity.Quiet,
        }
    ));

Task("Test")
    .IsDependentOn("Build")
    .DoesForEach(
        GetFiles("tests/*/*.csproj"),
        project => DotNetTest(
            project.FullPath,
            new DotNetTestSettings
            {
                Configuration = Configuration,
                NoBuild = true,
                NoLogo = true,
                ResultsDirectory = "artifacts/tests",
                Loggers = new[] { $"trx;LogFileName={project.GetFilenameWithoutExtension()}.trx" },
                ArgumentCustomization = builder =>
                    builder.Append(arguments).Append($"-- RunConfiguration.TestSessionTimeout={TestSessionMilliseconds}"),
            }
        )
    )
    .DeferOnError();

Task("Bench").IsDependentOn("Build").Does(() => Execute("SimEval.LoadTests/release/SimEval.LoadTests.dll"));

Task("Run").IsDependentOn("Build").Does(() => Execute("SimEval.Cli/release/simeval.dll"));

Task("Pack")
    .IsDependentOn("Setup")
    .Does(() => DotNetPublish(
        "src/SimEval.Cli/SimEval.Cli.csproj",
        new DotNetPublishSettings { Configuration = Configuration, NoLogo = true, OutputDirectory = "artifacts/simeval" }
    ));

void Execute(string assembly)
{
    var code = StartProcess("dotnet", $"artifacts/bin/{assembly} {arguments}");
    if (code != 0)
    {
        throw new CakeException(code, $"{assembly} ended with code {code}");
    }
}

RunTarget(target);
